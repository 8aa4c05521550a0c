"""Reads an uploaded zip into a dataset: decodes each image once and lists the files that are left out.

A few undecodable images are skipped. If they are more than one in ten, or all images of a class, the upload is refused.
A wrong checksum or size refuses it at once, since then the zip itself is damaged.
"""

import hashlib
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

import numpy as np
import numpy.typing as npt
from PIL import Image

from backend.datasets import store
from backend.datasets.columns import Column, Columns, LeftOut, number_column, text_column, write_columns
from backend.datasets.decode import FORMATS, Pixels, UndecodableImage, decode_image
from backend.datasets.schemas import ImageOptions, Skipped, SkippedEntry, UploadOptions
from backend.datasets.store import Manifest
from backend.uploads.archive.entries import list_entries, open_zip, read_entry
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.find import find_layout
from backend.uploads.layout.types import LabeledImage, Layout
from worker.datasets.progress import ProgressCallback, ProgressUpdate
from worker.datasets.splitting import assign_splits, count_duplicates
from worker.errors import DatasetUnavailable

MAX_BROKEN_SHARE = 0.1
MAX_LISTED = 100  # entries in `skipped`; it is part of every response about the dataset
PROGRESS_IMAGES = 100  # between two progress updates


def read_upload(
    archive: Path, name: str, options: UploadOptions, folder: Path, on_progress: ProgressCallback
) -> Manifest:
    """Writes the images in a zip as a dataset into the new `folder`.

    Raises:
        DatasetUnavailable: the upload is refused; the message names the entry.
    """
    try:
        with open_zip(archive) as opened, store.new_folder(folder) as temporary:
            layout = find_layout(opened, list_entries(opened, options.name_encoding), options)
            return _UploadReader(opened, layout, options, on_progress).write(name, temporary)
    except InvalidZip as error:
        raise DatasetUnavailable(str(error)) from error


class _UploadReader:
    def __init__(self, archive: ZipFile, layout: Layout, options: UploadOptions, on_progress: ProgressCallback) -> None:
        self._archive = archive
        self._layout = layout
        self._options = options
        self._on_progress = on_progress
        self._short_sides = np.full(len(layout.images), np.nan, np.float32)
        self._broken: list[SkippedEntry] = []
        self._unused: list[SkippedEntry] = []

    def write(self, name: str, folder: Path) -> Manifest:
        scratch = folder / "decoded"
        with scratch.open("w+b") as file:
            hashes = self._decode_all(file)
        kept = [index for index, image_hash in enumerate(hashes) if image_hash is not None]
        images = [self._layout.images[index] for index in kept]
        self._check_broken(images)
        pixels = np.memmap(scratch, np.uint8, "r", shape=(len(hashes), *self._shape()))
        kept_hashes = [image_hash for image_hash in hashes if image_hash is not None]
        manifest = self._write_dataset(folder, name, pixels, np.array(kept), kept_hashes, images)
        scratch.unlink()
        return manifest

    def _shape(self) -> tuple[int, int, int]:
        side = self._options.image_size
        return (side, side, 1 if self._options.color == "grayscale" else 3)

    def _decode_all(self, file: BinaryIO) -> list[bytes | None]:
        """Writes the pixels of all images to `file`; returns a hash of each image's pixels, None for a broken one.

        Entries are read in the order of the zip and written in the order of the layout.
        """
        images = self._layout.images
        hashes: list[bytes | None] = [None] * len(images)
        size = int(np.prod(self._shape()))
        order = sorted(range(len(images)), key=lambda index: images[index].entry.info.header_offset)
        for done, index in enumerate(order):
            if done % PROGRESS_IMAGES == 0:
                self._on_progress(ProgressUpdate("Reading images", done, len(images)))
            pixels = self._decode(index)
            if pixels is not None:
                os.pwrite(file.fileno(), pixels.data, index * size)
                hashes[index] = hashlib.blake2b(pixels.data, digest_size=16).digest()
        file.truncate(len(images) * size)
        return hashes

    def _decode(self, index: int) -> Pixels | None:
        entry = self._layout.images[index].entry
        file = io.BytesIO(read_entry(self._archive, entry))
        try:
            pixels = np.ascontiguousarray(decode_image(file, self._options))
            self._short_sides[index] = _short_side(file)
            return pixels
        except UndecodableImage as error:
            self._broken.append(SkippedEntry(entry=entry.name, reason=str(error)))
            return None

    def _check_broken(self, decoded: Sequence[LabeledImage]) -> None:
        """Raises InvalidZip if too many images are broken, or all those of a class that it would be learnt from."""
        examples = "; ".join(f"{quoted(broken.entry)}: {broken.reason}" for broken in self._broken[:3])
        if len(self._broken) > MAX_BROKEN_SHARE * len(self._layout.images):
            raise InvalidZip(
                f"{len(self._broken):,} of {len(self._layout.images):,} images can't be read, which is more than one "
                f"in ten: {examples}."
            )
        if missing := sorted(_learnt(self._layout.images) - _learnt(decoded)):
            raise InvalidZip(f"No image of the class {quoted(missing[0])} can be read: {examples}.")

    def _write_dataset(
        self,
        folder: Path,
        name: str,
        pixels: npt.NDArray[np.uint8],
        kept: npt.NDArray[np.int64],
        hashes: Sequence[bytes],
        images: Sequence[LabeledImage],
    ) -> Manifest:
        label_of = {name: label for label, name in enumerate(self._layout.classes)}
        labels = np.array([label_of[image.label] for image in images])
        splits = assign_splits(labels, hashes, [image.split for image in images], self._options.test_fraction)
        self._note_unused(images, splits)
        self._on_progress(ProgressUpdate("Writing the images in stored order", len(kept), len(kept)))
        arrays = {
            split: (store.SelectedRows(pixels, kept[positions]), labels[positions])
            for split, positions in splits.items()
        }
        write_columns(folder, self._columns(), {split: kept[positions] for split, positions in splits.items()})
        return store.write_dataset(
            folder,
            name,
            self._layout.classes,
            arrays,
            **self._options.model_dump(include=set(ImageOptions.model_fields)),
            duplicates=count_duplicates(hashes),
            skipped=self._skipped().model_dump(),
        )

    def _columns(self) -> Columns:
        """Returns what is known of each image of the layout beside its class."""
        images = self._layout.images
        texts = [text_column("folder", "Folder", [image.folder for image in images])]
        texts += [
            text_column(f"column{at + 1}", title, [image.values[at] for image in images])
            for at, title in enumerate(self._layout.columns)
        ]
        kept = [column for column in texts if isinstance(column, Column)]
        size = number_column("size", "Size of the original", self._short_sides)
        return Columns([size, *kept], [column for column in texts if isinstance(column, LeftOut)])

    def _note_unused(self, images: Sequence[LabeledImage], splits: Mapping[str, npt.NDArray[np.int64]]) -> None:
        if empty := [split for split, positions in splits.items() if not len(positions)]:
            raise InvalidZip(f"No class has two images that differ, so none is left for {empty[0]}; add more images.")
        used = {position for positions in splits.values() for position in positions.tolist()}
        for index in sorted(set(range(len(images))) - used):
            kept_in = "validation or test" if "validation" in splits else "test"
            reason = f"the same image is in {kept_in}, and is kept only there"
            self._unused.append(SkippedEntry(entry=images[index].entry.name, reason=reason))

    def _skipped(self) -> Skipped:
        """Returns the files left out, broken images first, since these were meant to be in the dataset."""
        skipped = self._broken + self._unused + self._layout.skipped
        return Skipped(count=len(skipped), items=skipped[:MAX_LISTED])


def _learnt(images: Iterable[LabeledImage]) -> set[str]:
    """Returns the classes of the images that may train: those of train, or of a zip that is not divided."""
    return {image.label for image in images if image.split in ("train", None)}


def _short_side(file: BinaryIO) -> int:
    """Returns the shorter side in pixels of an image that was decoded."""
    file.seek(0)
    with Image.open(file, formats=FORMATS) as image:
        return min(image.size)
