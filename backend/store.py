"""A dataset on disk: memory-mapped arrays and a manifest, in a folder that is complete or not there.

    <folder>/manifest.json
    <folder>/{train,test}-images.npy   uint8, N × H × W × C
    <folder>/{train,test}-labels.npy   uint8, or uint16 beyond 256 classes; N

Workers write it, trainers and the API read it.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Arrays = Mapping[str, tuple[npt.NDArray[Any], npt.NDArray[Any]]]

SPLITS = ("train", "test")


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
    arrays = {split: _checked(split, *arrays[split], len(classes)) for split in SPLITS}
    manifest = _describe(name, classes, arrays)
    parent.mkdir(parents=True, exist_ok=True)
    folder = parent / uuid.uuid4().hex
    temporary = folder.with_suffix(".writing")
    temporary.mkdir()
    try:
        _fill(temporary, manifest, arrays)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(parent)
    return folder, manifest


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` (new, renamed, removed) survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def damaged(folder: Path, what: str) -> DatasetDamaged:
    return DatasetDamaged(f"The dataset in {folder} is damaged: {what}. Delete it and prepare it again.")


def _map(folder: Path, name: str) -> npt.NDArray[Any]:
    try:
        array: npt.NDArray[Any] = np.load(folder / name, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise damaged(folder, f"{name} can't be read ({error})") from error
    return array


def _checked(split: str, images: npt.NDArray[Any], labels: npt.NDArray[Any], classes: int) -> tuple[Images, Labels]:
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] not in (1, 3):
        raise ValueError(f"{split} images are {images.dtype} {images.shape}; needed is uint8 N × H × W × 1 or 3")
    if labels.shape != images.shape[:1] or len(labels) == 0:
        raise ValueError(f"{split} has {len(images)} images and {len(labels)} labels; needed is one label each")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"{split} labels go from {labels.min()} to {labels.max()}; there are {classes} classes")
    narrow = labels.astype(np.uint8) if classes <= 256 else labels.astype(np.uint16)
    return np.ascontiguousarray(images), narrow


def _describe(name: str, classes: list[str], arrays: Arrays) -> Manifest:
    digest = hashlib.sha256()
    for split in SPLITS:
        for array in arrays[split]:
            digest.update(f"{split} {array.dtype} {array.shape}\n".encode())
            digest.update(np.ascontiguousarray(array).data)
    counts = {split: np.bincount(arrays[split][1], minlength=len(classes)).tolist() for split in SPLITS}
    shape = list(arrays["train"][0].shape[1:])
    return Manifest(name, list(classes), shape, counts, digest.hexdigest())


def _fill(folder: Path, manifest: Manifest, arrays: Arrays) -> None:
    for split in SPLITS:
        images, labels = arrays[split]
        _write_file(folder / f"{split}-images.npy", partial(np.save, arr=images))
        _write_file(folder / f"{split}-labels.npy", partial(np.save, arr=labels))
    text = json.dumps(manifest.as_json(), ensure_ascii=False)
    _write_file(folder / "manifest.json", lambda file: file.write(text.encode()))
    sync_folder(folder)


def _write_file(path: Path, fill: Callable[[Any], object]) -> None:
    with path.open("wb") as file:
        fill(file)
        file.flush()
        os.fsync(file.fileno())
