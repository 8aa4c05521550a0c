"""A dataset on disk: memory-mapped arrays and a manifest, in a folder that is complete or not there.

    <folder>/manifest.json
    <folder>/{train,test}-images.npy   uint8, N × H × W × C
    <folder>/{train,test}-labels.npy   uint8, or uint16 beyond 256 classes; N

Workers write it, trainers and the API read it.
"""

import hashlib
import json
import math
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

from backend.files import sync_folder

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

SPLITS = ("train", "test")
UNFINISHED = ".writing"
BYTES_AT_ONCE = 4 * 1024**2


class ImageRows(Protocol):
    """What is written piece by piece: an array, or `Picked`."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    def __getitem__(self, rows: slice, /) -> npt.NDArray[Any]: ...


@dataclass(frozen=True)
class Picked:
    """Some rows of an array in an order of their own, copied only when they are asked for."""

    source: npt.NDArray[Any]
    positions: npt.NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.positions), *self.source.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.source.dtype

    def __getitem__(self, rows: slice, /) -> npt.NDArray[Any]:
        picked: npt.NDArray[Any] = self.source[self.positions[rows]]
        return picked


Arrays = Mapping[str, tuple[ImageRows, npt.NDArray[Any]]]


class DatasetDamaged(Exception):
    """A stored dataset that can't be read: says which folder and what is wrong with it."""


@dataclass(frozen=True)
class Manifest:
    """`image_shape` is [height, width, channels]; `counts` has for each split the images of each class.

    From `fit` on: how an upload's pictures became arrays, which predictions do again, and what was found in it.
    `skipped` is `backend.dataset_schemas.Skipped`.
    """

    name: str
    classes: list[str]
    image_shape: list[int]
    counts: dict[str, list[int]]
    content_hash: str
    fit: str | None = None
    image_size: int | None = None
    color: str | None = None
    duplicates: int = 0
    skipped: dict[str, Any] = field(default_factory=lambda: {"count": 0, "items": []})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        try:
            return cls(**json.loads((folder / "manifest.json").read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise damaged(folder, f"manifest.json can't be read ({error})") from error


@dataclass(frozen=True)
class StoredDataset:
    """The arrays are read-only memory maps: opening costs nothing, pages are read as they are touched."""

    manifest: Manifest
    _images: Mapping[str, Images]
    _labels: Mapping[str, Labels]

    @classmethod
    def open(cls, folder: Path) -> "StoredDataset":
        manifest = Manifest.read(folder)
        images = {split: _map(folder, f"{split}-images.npy") for split in SPLITS}
        labels = {split: _map(folder, f"{split}-labels.npy") for split in SPLITS}
        for split in SPLITS:
            shape = (sum(manifest.counts[split]), *manifest.image_shape)
            if images[split].shape != shape or labels[split].shape != shape[:1]:
                raise damaged(folder, f"the {split} arrays are not those of the manifest")
        return cls(manifest, images, labels)

    def images(self, split: str) -> Images:
        """uint8, N × H × W × C."""
        return self._images[split]

    def labels(self, split: str) -> Labels:
        """Positions in `manifest.classes`, N."""
        return self._labels[split]


def write(parent: Path, name: str, classes: list[str], arrays: Arrays) -> tuple[Path, Manifest]:
    """Write a dataset into a new folder below `parent`, which appears only when everything in it is on disk."""
    folder = parent / uuid.uuid4().hex
    with new_folder(folder) as temporary:
        manifest = fill(temporary, name, classes, arrays)
    return folder, manifest


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder beside `folder` that gets its name once the block has ended well; else nothing is left."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.with_suffix(UNFINISHED)
    temporary.mkdir()
    try:
        yield temporary
        sync_folder(temporary)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(folder.parent)


def fill(folder: Path, name: str, classes: list[str], arrays: Arrays, **found: Any) -> Manifest:
    """Write arrays and manifest into an empty folder; `found` are the manifest's fields from `fit` on.

    In plain writes, not through a memory map: a full disk then is an error, not the end of the process.
    """
    checked = {split: _checked(split, *arrays[split], len(classes)) for split in SPLITS}
    digest = hashlib.sha256(json.dumps(list(classes)).encode())
    for split in SPLITS:
        for kind, array in zip(("images", "labels"), checked[split], strict=True):
            digest.update(f"{split} {array.dtype} {array.shape}\n".encode())
            _write_file(folder / f"{split}-{kind}.npy", partial(_write_array, array, digest))
    counts = {split: np.bincount(checked[split][1], minlength=len(classes)).tolist() for split in SPLITS}
    shape = list(checked["train"][0].shape[1:])
    manifest = Manifest(name, list(classes), shape, counts, digest.hexdigest(), **found)
    text = json.dumps(manifest.as_json(), ensure_ascii=False)
    _write_file(folder / "manifest.json", lambda file: file.write(text.encode()))
    return manifest


def damaged(folder: Path, what: str) -> DatasetDamaged:
    return DatasetDamaged(f"The dataset in {folder} is damaged: {what}. Delete it and prepare it again.")


def _map(folder: Path, name: str) -> npt.NDArray[Any]:
    try:
        array: npt.NDArray[Any] = np.load(folder / name, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise damaged(folder, f"{name} can't be read ({error})") from error
    return array


def _checked(split: str, images: ImageRows, labels: npt.NDArray[Any], classes: int) -> tuple[ImageRows, Labels]:
    if images.dtype != np.uint8 or len(images.shape) != 4 or images.shape[3] not in (1, 3):
        raise ValueError(f"{split} images are {images.dtype} {images.shape}; needed is uint8 N × H × W × 1 or 3")
    if labels.shape != images.shape[:1] or len(labels) == 0:
        raise ValueError(f"{split} has {images.shape[0]} images and {len(labels)} labels; needed is one label each")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"{split} labels go from {labels.min()} to {labels.max()}; there are {classes} classes")
    return images, labels.astype(np.uint8) if classes <= 256 else labels.astype(np.uint16)


def _write_array(array: ImageRows, digest: "hashlib._Hash", file: BinaryIO) -> None:
    header = {"descr": array.dtype.str, "fortran_order": False, "shape": array.shape}
    np.lib.format.write_array_header_1_0(file, header)
    step = max(1, BYTES_AT_ONCE // math.prod(array.shape[1:]))
    for start in range(0, array.shape[0], step):
        rows = np.ascontiguousarray(array[start : start + step])
        digest.update(rows.data)
        file.write(rows.data)


def _write_file(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    with path.open("wb") as file:
        fill(file)
        file.flush()
        os.fsync(file.fileno())
