"""Reads an uploaded zip into a dataset: decodes each image once and lists the files that are left out.

A few undecodable images are skipped. If they are more than one in ten, or all images of a class, the upload is refused.
A wrong checksum or size refuses it at once, since then the zip itself is damaged.
"""

import hashlib
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZipFile

import numpy as np
import numpy.typing as npt

from backend.datasets import store
from backend.datasets.columns import Column, Columns, LeftOut, number_column, text_column, write_columns
from backend.datasets.contradictions import Contradictions, contradicting_groups, left_out
from backend.datasets.pictures.decode import HEIC_PACKAGE, Pixels, UndecodableImage, decode
from backend.datasets.pictures.file_kinds import HEIC
from backend.datasets.schemas import ContradictionsRead, ImageOptions, Skipped, SkippedEntry, UploadOptions
from backend.datasets.store import Manifest
from backend.uploads.archive.entries import list_entries, open_zip, read_entry
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.contradictions import check_no_class_is_lost
from backend.uploads.layout.find import find_layout
from backend.uploads.layout.types import LabeledImage, Layout
from backend.uploads.schemas import Notice
from worker.datasets import originals
from worker.datasets.findings import Findings
from worker.datasets.progress import ProgressCallback, ProgressUpdate
from worker.datasets.splitting import assign_splits, count_duplicates
from worker.datasets.upload_range import FoundRange, find_value_range
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
            value_range = find_value_range(opened, layout.images, options, on_progress)
            return _UploadReader(opened, layout, options, value_range, on_progress).write(name, temporary)
    except InvalidZip as error:
        raise DatasetUnavailable(str(error)) from error


class _UploadReader:
    def __init__(
        self,
        archive: ZipFile,
        layout: Layout,
        options: UploadOptions,
        value_range: FoundRange,
        on_progress: ProgressCallback,
    ) -> None:
        self._archive = archive
        self._layout = layout
        self._options = options
        self._value_range = value_range
        self._on_progress = on_progress
        self._short_sides = np.full(len(layout.images), np.nan, np.float32)
        self._findings = Findings()
        self._unused: list[SkippedEntry] = []
        self._contradictions: ContradictionsRead | None = None

    def write(self, name: str, folder: Path) -> Manifest:
        scratch = folder / "decoded"
        with scratch.open("w+b") as file:
            hashes = self._decode_all(file)
        self._check_broken([self._layout.images[index] for index in hashes])
        agreeing = self._without_contradictions(hashes)
        self._check_splits([self._layout.images[index] for index in agreeing])
        pixels = np.memmap(scratch, np.uint8, "r", shape=(len(self._layout.images), *self._shape()))
        manifest = self._write_dataset(folder, name, pixels, agreeing)
        scratch.unlink()
        return manifest

    def _shape(self) -> tuple[int, int, int]:
        side = self._options.image_size
        return (side, side, 1 if self._options.color == "grayscale" else 3)

    def _decode_all(self, file: BinaryIO) -> dict[int, bytes]:
        """Writes the pixels of all images to `file`; returns a hash of the pixels of each, but of broken ones.

        Entries are read in the order of the zip and written in the order of the layout.
        """
        images = self._layout.images
        hashes: dict[int, bytes] = {}
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
        return dict(sorted(hashes.items()))

    def _decode(self, index: int) -> Pixels | None:
        entry = self._layout.images[index].entry
        file = io.BytesIO(read_entry(self._archive, entry))
        try:
            decoded = decode(file, self._options, self._value_range.ends)
        except UndecodableImage as error:
            self._findings.add_broken(entry, error)
            return None
        self._findings.add(entry, decoded)
        self._short_sides[index] = min(decoded.size)
        return np.ascontiguousarray(decoded.pixels)

    def _check_broken(self, decoded: Sequence[LabeledImage]) -> None:
        """Raises InvalidZip if too many images are broken, or all those of a class that it would be learnt from."""
        broken = self._findings.broken
        examples = "; ".join(f"{quoted(image.entry)}: {image.reason}" for image in broken[:3])
        if len(broken) > MAX_BROKEN_SHARE * len(self._layout.images):
            raise InvalidZip(
                f"{len(broken):,} of {len(self._layout.images):,} images can't be read, which is more than one in ten: "
                f"{examples}."
            )
        if missing := sorted(_learnt(self._layout.images) - _learnt(decoded)):
            raise InvalidZip(f"No image of the class {quoted(missing[0])} can be read: {examples}.")

    def _check_splits(self, kept: Iterable[LabeledImage]) -> None:
        """Raises InvalidZip if a split of the zip has lost all of its images, since another one would be drawn."""
        missing = {str(image.split) for image in self._layout.images} - {str(image.split) for image in kept}
        if missing:
            split = min(missing)
            raise InvalidZip(
                f"No image of {split} is left: all of them are broken, or in another class, too. Add images to it, or "
                f"leave its folder out, such as folder={split}:left_out."
            )

    def _without_contradictions(self, hashes: Mapping[int, bytes]) -> dict[int, bytes]:
        """Leaves out images whose pixels are those of another class, if the options say so.

        Files that are the same were settled by the layout, which says so before the upload. These are the same picture
        only when they are decoded: unless it was chosen, no picture is left out unseen.
        """
        choice = self._options.contradictions or "keep"
        images = [self._layout.images[index] for index in hashes]
        labels = [image.label for image in images]
        groups = contradicting_groups(list(hashes.values()), labels)
        reasons = left_out(groups, labels, choice)
        check_no_class_is_lost(_learnt(images), _learnt(image for at, image in enumerate(images) if at not in reasons))
        self._unused += [SkippedEntry(entry=images[at].entry.name, reason=reasons[at]) for at in sorted(reasons)]
        self._contradictions = self._contradictions_read(len(groups), choice)
        return {index: image_hash for at, (index, image_hash) in enumerate(hashes.items()) if at not in reasons}

    def _contradictions_read(self, groups: int, choice: Contradictions) -> ContradictionsRead | None:
        settled = 0 if self._options.contradictions == "keep" else self._layout.contradictions
        kept = groups if choice == "keep" else 0
        handled = self._options.contradictions or "leave_out"
        found = ContradictionsRead(settled=settled + groups - kept, handled=handled, kept=kept)
        return found if found.settled or found.kept else None

    def _write_dataset(
        self, folder: Path, name: str, pixels: npt.NDArray[np.uint8], hashes: Mapping[int, bytes]
    ) -> Manifest:
        images, kept = [self._layout.images[index] for index in hashes], np.array(list(hashes))
        label_of = {name: label for label, name in enumerate(self._layout.classes)}
        labels = np.array([label_of[image.label] for image in images])
        pixel_hashes = list(hashes.values())
        splits = assign_splits(labels, pixel_hashes, [image.split for image in images], self._options.test_fraction)
        self._note_unused(images, splits)
        self._on_progress(ProgressUpdate("Writing the images in stored order", len(kept), len(kept)))
        arrays = {
            split: (store.SelectedRows(pixels, kept[positions]), labels[positions])
            for split, positions in splits.items()
        }
        write_columns(folder, self._columns(), {split: kept[positions] for split, positions in splits.items()})
        duplicates = count_duplicates(list(zip(pixel_hashes, labels.tolist(), strict=True)))
        return store.write_dataset(
            folder,
            name,
            self._layout.classes,
            arrays,
            **self._upload_fields(),
            duplicates=duplicates,
            original_bytes=self._keep_original(folder, {split: kept[places] for split, places in splits.items()}),
        )

    def _upload_fields(self) -> dict[str, Any]:
        """Returns the manifest's fields about how the images were read."""
        return {
            **self._options.model_dump(include=set(ImageOptions.model_fields)),
            "value_range": self._value_range.ends and list(self._value_range.ends),
            "packages": [HEIC_PACKAGE] if any(image.entry.kind is HEIC for image in self._layout.images) else [],
            "contradictions": self._contradictions and self._contradictions.model_dump(),
            "notices": [notice.model_dump() for notice in self._notices()],
            "skipped": self._skipped().model_dump(),
        }

    def _notices(self) -> list[Notice]:
        return self._layout.notices + self._value_range.notices + self._findings.notices()

    def _keep_original(self, folder: Path, stored: Mapping[str, npt.NDArray[np.int64]]) -> int | None:
        """Keeps the zip unless the options say no. `stored` has the positions in the layout by split."""
        if not self._options.keep_original:
            return None
        infos = {split: [self._layout.images[index].entry.info for index in of] for split, of in stored.items()}
        return originals.keep(self._archive, folder, infos)

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
        skipped = self._findings.broken + self._unused + self._layout.skipped
        return Skipped(count=len(skipped), items=skipped[:MAX_LISTED])


def _learnt(images: Iterable[LabeledImage]) -> set[str]:
    """Returns the classes of the images that may train: those of train, or of a zip that is not divided."""
    return {image.label for image in images if image.split in ("train", None)}
