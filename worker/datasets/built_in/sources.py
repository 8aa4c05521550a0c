"""Reads the arrays of the built-in datasets from their publishers' files, without Keras."""

import gzip
import pickle
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.datasets.store import Arrays, Images
from backend.phrases import in_short
from worker.datasets.built_in.digits import split_by_class
from worker.errors import DatasetUnavailable

PICKLE_GLOBALS = {"ndarray": "numpy", "dtype": "numpy", "_reconstruct": "numpy._core.multiarray"}
CIFAR10_TRAIN = [f"cifar-10-batches-py/data_batch_{number}" for number in range(1, 6)]
CIFAR10_TEST = "cifar-10-batches-py/test_batch"
READ_ERRORS = (
    *(OSError, EOFError, ValueError, KeyError, zlib.error),
    *(pickle.UnpicklingError, tarfile.TarError, zipfile.BadZipFile),
)


def digits(_files: Sequence[Path]) -> Arrays:
    """Reads the digits from scikit-learn's own file: importing the package takes a second. Equal to `digits.digits`."""
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise DatasetUnavailable("The digits come with scikit-learn, which is not installed: run `make setup`.")
    file = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
    rows = np.loadtxt(file, delimiter=",", dtype=np.uint8)  # 64 levels from 0 to 16, then the label
    images = np.rint(rows[:, :-1] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1)
    labels = rows[:, -1].astype(np.int64)
    train, test = split_by_class(labels)
    return {"train": (images[train], labels[train]), "test": (images[test], labels[test])}


def fashion_mnist(files: Sequence[Path]) -> Arrays:
    """Reads four IDX files: images and labels of train, then of test."""
    train_images, train_labels, test_images, test_labels = files
    return {
        "train": (_read_idx(train_images, 3)[..., None], _read_idx(train_labels, 1)),
        "test": (_read_idx(test_images, 3)[..., None], _read_idx(test_labels, 1)),
    }


def mnist(files: Sequence[Path]) -> Arrays:
    with np.load(files[0], allow_pickle=False) as arrays:
        return {split: (arrays[f"x_{split}"][..., None], arrays[f"y_{split}"]) for split in ("train", "test")}


def cifar10(files: Sequence[Path]) -> Arrays:
    with tarfile.open(files[0], "r:gz") as archive:
        batches = [_read_batch(archive, name, b"labels") for name in (*CIFAR10_TRAIN, CIFAR10_TEST)]
    images, labels = (np.concatenate(arrays) for arrays in zip(*batches[:-1], strict=True))
    return {"train": (images, labels), "test": batches[-1]}


def cifar100(files: Sequence[Path]) -> Arrays:
    with tarfile.open(files[0], "r:gz") as archive:
        return {split: _read_batch(archive, f"cifar-100-python/{split}", b"fine_labels") for split in ("train", "test")}


READERS: dict[str, Callable[[Sequence[Path]], Arrays]] = {
    "digits": digits,
    "fashion_mnist": fashion_mnist,
    "cifar10": cifar10,
    "mnist": mnist,
    "cifar100": cifar100,
}


def read(name: str, files: Sequence[Path]) -> Arrays:
    """Returns the splits of a built-in dataset, in its publishers' order.

    Raises:
        DatasetUnavailable: a file is damaged or has another content.
    """
    try:
        return READERS[name](files)
    except READ_ERRORS as error:
        names = ", ".join(file.name for file in files)
        reason = in_short(error)
        raise DatasetUnavailable(
            f"{names} can't be read ({reason}); delete it, so that it is downloaded again."
        ) from error


def _read_idx(path: Path, dimensions: int) -> Images:
    """Reads a gzipped IDX file: four bytes of magic number, a big-endian uint32 per dimension, then uint8 values."""
    content = gzip.decompress(path.read_bytes())
    shape = np.frombuffer(content, ">u4", count=dimensions, offset=4).astype(int)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def _read_batch(archive: tarfile.TarFile, name: str, labels: bytes) -> tuple[Images, npt.NDArray[np.int64]]:
    """Reads one of CIFAR's pickles, whose images are rows of 3,072 bytes in channel-first order."""
    file = archive.extractfile(name)
    if file is None:
        raise ValueError(f"{name} in it is not a file")
    batch = ArrayUnpickler(file, encoding="bytes").load()
    rows = np.asarray(batch[b"data"], np.uint8)
    return np.ascontiguousarray(rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)), np.asarray(batch[labels])


class ArrayUnpickler(pickle.Unpickler):
    """Unpickles arrays, numbers and strings, and refuses every other global, so that a pickle can't run code."""

    def find_class(self, module: str, name: str) -> Any:
        known = PICKLE_GLOBALS.get(name)
        if known is not None and module in (known, known.replace("_core", "core")):
            return super().find_class(known, name)
        raise pickle.UnpicklingError(f"it uses {module}.{name}, which is not an array")
