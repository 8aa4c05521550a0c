"""An uploaded zip becomes a dataset: each image is read once, and what can't be read is named.

A few broken images are left out. More than one in ten, or all of a class, and the upload is refused: something is
wrong with the whole then. A wrong checksum or size refuses it at once, since the zip is not what was packed.
"""

import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

import numpy as np
import numpy.typing as npt

from backend.datasets import store
from backend.datasets.decode import NotAPicture, Pixels, read_picture
from backend.datasets.schemas import PictureOptions, Skipped, SkippedEntry, UploadOptions
from backend.datasets.store import Manifest
from backend.datasets.zip_entries import Entry, ZipRefused, content, entries, open_archive, quoted
from backend.datasets.zip_layout import Layout, Picture, find_layout
from worker.datasets.progress import Progress, Step
from worker.datasets.splitting import arrange, duplicates
from worker.errors import DatasetUnavailable

MOST_BROKEN = 0.1
NAMED = 100
TELL_EACH = 100


def read_upload(archive: Path, name: str, options: UploadOptions, folder: Path, progress: Progress) -> Manifest:
    """Write what is in the zip as a dataset into the new `folder`.

    Raises:
        DatasetUnavailable: it is refused; the sentence names the entry.
    """
    try:
        with open_archive(archive) as opened, store.new_folder(folder) as temporary:
            layout = find_layout(opened, entries(opened))
            return _Upload(opened, layout, options, progress).write(name, temporary)
    except ZipRefused as error:
        raise DatasetUnavailable(str(error)) from error


class _Upload:
    def __init__(self, archive: ZipFile, layout: Layout, options: UploadOptions, progress: Progress) -> None:
        self._archive = archive
        self._layout = layout
        self._options = options
        self._progress = progress
        self._broken: list[SkippedEntry] = []
        self._unused: list[SkippedEntry] = []

    def write(self, name: str, folder: Path) -> Manifest:
        scratch = folder / "pictures"
        with scratch.open("w+b") as file:
            contents = self._read_all(file)
        kept = [at for at, content in enumerate(contents) if content is not None]
        pictures = [self._layout.pictures[at] for at in kept]
        self._check_left(pictures)
        images = np.memmap(scratch, np.uint8, "r", shape=(len(contents), *self._shape()))
        manifest = self._store(folder, name, images, np.array(kept), [contents[at] or b"" for at in kept], pictures)
        scratch.unlink()
        return manifest

    def _shape(self) -> tuple[int, int, int]:
        side = self._options.image_size
        return (side, side, 1 if self._options.color == "grayscale" else 3)

    def _read_all(self, file: BinaryIO) -> list[bytes | None]:
        """The pixels of all pictures go to `file`, row by row; returned is what tells equal ones, None for broken."""
        pictures = self._layout.pictures
        contents: list[bytes | None] = [None] * len(pictures)
        size = int(np.prod(self._shape()))
        order = sorted(range(len(pictures)), key=lambda at: pictures[at].entry.info.header_offset)
        for done, at in enumerate(order):
            if done % TELL_EACH == 0:
                self._progress(Step("Reading images", done, len(pictures)))
            pixels = self._read(pictures[at].entry)
            if pixels is not None:
                os.pwrite(file.fileno(), pixels.data, at * size)
                contents[at] = hashlib.blake2b(pixels.data, digest_size=16).digest()
        file.truncate(len(pictures) * size)
        return contents

    def _read(self, entry: Entry) -> Pixels | None:
        try:
            return np.ascontiguousarray(read_picture(io.BytesIO(content(self._archive, entry)), self._options))
        except NotAPicture as error:
            self._broken.append(SkippedEntry(entry=entry.name, reason=str(error)))
            return None

    def _check_left(self, left: Sequence[Picture]) -> None:
        """Refuse what has too little left."""
        named = "; ".join(f"{quoted(broken.entry)}: {broken.reason}" for broken in self._broken[:3])
        if len(self._broken) > MOST_BROKEN * len(self._layout.pictures):
            raise ZipRefused(
                f"{len(self._broken):,} of {len(self._layout.pictures):,} images can't be read, which is more than one "
                f"in ten: {named}."
            )
        for split in {picture.split for picture in self._layout.pictures}:
            have = {picture.label for picture in left if picture.split == split}
            if gone := [label for label in self._layout.classes if label not in have]:
                raise ZipRefused(f"No image of the class {quoted(gone[0])} can be read: {named}.")

    def _store(
        self,
        folder: Path,
        name: str,
        images: npt.NDArray[np.uint8],
        kept: npt.NDArray[np.int64],
        contents: Sequence[bytes],
        pictures: Sequence[Picture],
    ) -> Manifest:
        place = {label: at for at, label in enumerate(self._layout.classes)}
        labels = np.array([place[picture.label] for picture in pictures])
        splits = arrange(labels, contents, [picture.split for picture in pictures], self._options.test_fraction)
        self._note_unused(pictures, splits)
        self._progress(Step("Writing the images in their order", len(kept), len(kept)))
        arrays = {split: (store.Picked(images, kept[chosen]), labels[chosen]) for split, chosen in splits.items()}
        return store.fill(
            folder,
            name,
            self._layout.classes,
            arrays,
            **self._options.model_dump(include=set(PictureOptions.model_fields)),
            duplicates=duplicates(contents),
            skipped=self._skipped().model_dump(),
        )

    def _note_unused(self, pictures: Sequence[Picture], splits: Mapping[str, npt.NDArray[np.int64]]) -> None:
        if not len(splits["test"]):
            raise ZipRefused("No class has two images that differ, so none is left to test on; add more images.")
        for at in sorted(set(range(len(pictures))).difference(*(chosen.tolist() for chosen in splits.values()))):
            reason = "the same image is in test, and is kept there alone"
            self._unused.append(SkippedEntry(entry=pictures[at].entry.name, reason=reason))

    def _skipped(self) -> Skipped:
        """The broken ones first: they are those that somebody meant to be in it."""
        all_of_them = self._broken + self._unused + self._layout.skipped
        return Skipped(count=len(all_of_them), items=all_of_them[:NAMED])
