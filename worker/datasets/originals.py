"""The zip of an upload, kept beside its arrays, so that a version can decode the images again in another way.

`<folder>/original.zip` is the zip; `<folder>/{train,validation,test}-entries.npy` has the place in the zip of each
stored image. A version has places of its own; the zip stays with version 1.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import numpy as np
import numpy.typing as npt

from backend.datasets.folder import ORIGINAL, DatasetDamaged
from backend.datasets.pictures.decode import UndecodableImage, decode_image
from backend.datasets.schemas import ImageOptions
from backend.datasets.store import Rows
from backend.files import link
from backend.phrases import in_short
from backend.uploads.archive.entries import Entry, read_entry
from worker.datasets.progress import ProgressCallback, ProgressUpdate
from worker.errors import DatasetUnavailable

PROGRESS_IMAGES = 100  # between two progress updates
Places = npt.NDArray[np.int64]


def keep(archive: ZipFile, folder: Path, stored: Mapping[str, Sequence[ZipInfo]]) -> int:
    """Keeps a zip with a dataset, and which entry each image of `stored` (by split) is. Returns the bytes of the zip.

    It is a hard link, so that nothing is copied.
    """
    place_of = {info: place for place, info in enumerate(archive.infolist())}
    for split, infos in stored.items():
        write_places(folder, split, np.array([place_of[info] for info in infos]))
    link(Path(str(archive.filename)), folder / ORIGINAL)
    return (folder / ORIGINAL).stat().st_size


def places(folder: Path, split: str) -> Places:
    """Returns the place in the kept zip of each image of a split."""
    try:
        found: Places = np.load(_path(folder, split), allow_pickle=False)
    except (OSError, ValueError) as error:
        raise DatasetDamaged(f"its list of original files can't be read ({in_short(error)})") from error
    return found


def write_places(folder: Path, split: str, found: npt.NDArray[Any]) -> None:
    np.save(_path(folder, split), found.astype(np.int64))


def _path(folder: Path, split: str) -> Path:
    return folder / f"{split}-entries.npy"


class Reader:
    """Decodes entries of a kept zip as the options say, and as the values of its first reading."""

    def __init__(
        self,
        archive: ZipFile,
        options: ImageOptions,
        value_range: Sequence[float] | None,
        on_progress: ProgressCallback,
    ) -> None:
        self._archive, self._infos = archive, archive.infolist()
        self._options = options
        self._value_range = (value_range[0], value_range[1]) if value_range else None
        self._on_progress, self._done = on_progress, 0
        self.images = 0
        self.shape = options.image_shape

    def decode(self, place: int) -> npt.NDArray[np.uint8]:
        if self._done % PROGRESS_IMAGES == 0:
            self._on_progress(ProgressUpdate("Decoding the originals again", self._done, self.images))
        self._done += 1
        info = self._infos[place]
        content = io.BytesIO(read_entry(self._archive, Entry(info.filename, info)))
        try:
            return decode_image(content, self._options, self._value_range)
        except UndecodableImage as error:
            raise DatasetUnavailable(f"{info.filename!r} of the kept zip can't be decoded again: {error}.") from error


class DecodedImages:
    """The images at some places of a zip, decoded when they are read."""

    def __init__(self, reader: Reader, found: Places) -> None:
        self._reader = reader
        self._places = found
        self.shape = (len(found), *reader.shape)
        self.dtype = np.dtype(np.uint8)
        reader.images += len(found)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, rows: Rows) -> npt.NDArray[np.uint8]:
        return np.stack([self._reader.decode(place) for place in self._places[rows].tolist()])
