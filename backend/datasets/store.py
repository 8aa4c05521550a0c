"""A dataset on disk: memory-mapped arrays and a manifest. Workers write it; trainers and the API read it.

    <folder>/manifest.json
    <folder>/{train,validation,test}-images.npy   uint8 of shape (n, H, W, C)
    <folder>/{train,validation,test}-labels.npy   uint8 of shape (n,); uint16 for more than 256 classes

`validation` is there only where an upload came in three parts.
A folder appears under its name only when everything in it is on disk.
"""

import hashlib
import json
import math
import os
import shutil
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, get_args

import numpy as np
import numpy.typing as npt

from backend.datasets.folder import UNFINISHED_SUFFIX, DatasetDamaged
from backend.files import sync_folder
from backend.phrases import in_short

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

StoredSplit = Literal["train", "validation", "test"]
SPLITS: tuple[str, ...] = get_args(StoredSplit)
"""All splits that a dataset may have, in the order in which they are stored and shown; each has train and test."""

WRITE_BYTES = 4 * 1024**2  # rows are copied and written in blocks of about this size, to bound memory


Rows = slice | npt.NDArray[np.signedinteger[Any]]


class ImageRows(Protocol):
    """An array that is read by its rows, some at a time: a NumPy array, or `SelectedRows`."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, rows: "Rows", /) -> npt.NDArray[Any]: ...


@dataclass(frozen=True)
class SelectedRows:
    """The rows of `source` at `positions`, in that order. Only these rows are copied."""

    source: "ImageRows"
    positions: npt.NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.positions), *self.source.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.source.dtype

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, rows: "Rows", /) -> npt.NDArray[Any]:
        selected: npt.NDArray[Any] = self.source[self.positions[rows]]
        return selected


Arrays = Mapping[str, tuple[ImageRows, npt.NDArray[Any]]]
"""Images and labels by split."""


@dataclass(frozen=True)
class Manifest:
    """`image_shape` is [height, width, channels]; `counts` has the number of images by split and class.

    The fields from `fit` on are those of an upload: how its images were decoded, and which of its files were left out
    (`skipped` is a `backend.datasets.schemas.Skipped`). `value_range` are the values that became black and white in
    images of more than 8 bits, `packages` what is needed to decode its images beside Pillow, and `original_bytes` the
    size of the zip that was uploaded, kept with version 1, or None. `derived` says what a version is made of;
    `class_of` in it has the class of each class of version 1.
    """

    name: str
    classes: list[str]
    image_shape: list[int]
    counts: dict[str, list[int]]
    content_hash: str
    fit: str | None = None
    image_size: int | None = None
    color: str | None = None
    value_range: list[float] | None = None
    packages: list[str] = field(default_factory=list)
    duplicates: int = 0
    contradictions: dict[str, Any] | None = None
    notices: list[dict[str, Any]] = field(default_factory=list)
    original_bytes: int | None = None
    skipped: dict[str, Any] = field(default_factory=lambda: {"count": 0, "items": []})
    derived: dict[str, Any] | None = None

    @property
    def splits(self) -> list[str]:
        return existing_splits(self.counts)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        try:
            return cls(**json.loads((folder / "manifest.json").read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise _damaged(f"manifest.json can't be read ({in_short(error)})") from error


@dataclass(frozen=True)
class StoredDataset:
    """The arrays are read-only memory maps: opening reads nothing, pages are loaded when they are accessed."""

    manifest: Manifest
    _images: Mapping[str, Images]
    _labels: Mapping[str, Labels]
    folder: Path

    @classmethod
    def open(cls, folder: Path) -> "StoredDataset":
        """Raises DatasetDamaged if a file is missing, unreadable, or does not match the manifest."""
        manifest = Manifest.read(folder)
        images = {split: _memory_map(folder, f"{split}-images.npy") for split in manifest.splits}
        labels = {split: _memory_map(folder, f"{split}-labels.npy") for split in manifest.splits}
        for split in manifest.splits:
            shape = (sum(manifest.counts[split]), *manifest.image_shape)
            if images[split].shape != shape or labels[split].shape != shape[:1]:
                raise _damaged(f"the {split} arrays do not match the manifest")
        return cls(manifest, images, labels, folder)

    @property
    def splits(self) -> list[str]:
        return self.manifest.splits

    def images(self, split: str) -> Images:
        """Returns the images of one split in stored order, uint8 of shape (n, H, W, C)."""
        return self._images[split]

    def labels(self, split: str) -> Labels:
        """Returns the labels of one split, positions in `manifest.classes`, of shape (n,)."""
        return self._labels[split]


def existing_splits(by_split: Collection[str]) -> list[str]:
    """Returns the splits that a dataset has, in stored order, from what it has by split."""
    return [split for split in SPLITS if split in by_split]


def write(parent: Path, name: str, classes: list[str], arrays: Arrays) -> tuple[Path, Manifest]:
    """Writes a dataset into a new folder below `parent`; returns that folder and the manifest."""
    folder = parent / uuid.uuid4().hex
    with new_folder(folder) as temporary:
        manifest = write_dataset(temporary, name, classes, arrays)
    return folder, manifest


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yields a temporary folder, which is renamed to `folder` after the block, or removed if the block raises."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.with_suffix(UNFINISHED_SUFFIX)
    temporary.mkdir()
    try:
        yield temporary
        sync_folder(temporary)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(folder.parent)


def write_dataset(folder: Path, name: str, classes: list[str], arrays: Arrays, **upload_fields: Any) -> Manifest:
    """Writes arrays and manifest into an existing folder; `upload_fields` are the manifest's fields from `fit` on.

    The arrays are written with ordinary writes: on a full disk these raise an error, where writing through a memory map
    kills the process.
    """
    splits = existing_splits(arrays)
    checked = {split: _checked(split, *arrays[split], len(classes)) for split in splits}
    digest = hashlib.sha256(json.dumps(list(classes)).encode())
    for split in splits:
        for kind, array in zip(("images", "labels"), checked[split], strict=True):
            digest.update(f"{split} {array.dtype} {array.shape}\n".encode())
            _write_file(folder / f"{split}-{kind}.npy", partial(_write_array, array, digest))
    counts = {split: np.bincount(checked[split][1], minlength=len(classes)).tolist() for split in splits}
    shape = list(checked["train"][0].shape[1:])
    manifest = Manifest(name, list(classes), shape, counts, digest.hexdigest(), **upload_fields)
    text = json.dumps(manifest.as_json(), ensure_ascii=False)
    _write_file(folder / "manifest.json", lambda file: file.write(text.encode()))
    return manifest


def _damaged(reason: str) -> DatasetDamaged:
    return DatasetDamaged(f"The stored dataset is damaged: {reason}. Delete it and prepare it again.")


def _memory_map(folder: Path, name: str) -> npt.NDArray[Any]:
    try:
        array: npt.NDArray[Any] = np.load(folder / name, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(f"{name} can't be read ({in_short(error)})") from error
    return array


def _checked(split: str, images: ImageRows, labels: npt.NDArray[Any], classes: int) -> tuple[ImageRows, Labels]:
    """Returns images and labels, the labels in their stored dtype; raises ValueError if they make no dataset."""
    if images.dtype != np.uint8 or len(images.shape) != 4 or images.shape[3] not in (1, 3):
        raise ValueError(f"{split} images are {images.dtype} {images.shape}; expected is uint8 (n, H, W, 1 or 3)")
    if labels.shape != images.shape[:1] or len(labels) == 0:
        raise ValueError(f"{split} has {images.shape[0]} images and {len(labels)} labels; expected is one label each")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"{split} labels go from {labels.min()} to {labels.max()}; there are {classes} classes")
    return images, labels.astype(np.uint8) if classes <= 256 else labels.astype(np.uint16)


def _write_array(array: ImageRows, digest: "hashlib._Hash", file: BinaryIO) -> None:
    header = {"descr": array.dtype.str, "fortran_order": False, "shape": array.shape}
    np.lib.format.write_array_header_1_0(file, header)
    step = max(1, WRITE_BYTES // math.prod(array.shape[1:]))
    for start in range(0, array.shape[0], step):
        rows = np.ascontiguousarray(array[start : start + step])
        digest.update(rows.data)
        file.write(rows.data)


def _write_file(path: Path, write_content: Callable[[BinaryIO], object]) -> None:
    with path.open("wb") as file:
        write_content(file)
        file.flush()
        os.fsync(file.fileno())
