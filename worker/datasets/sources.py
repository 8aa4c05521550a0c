"""The arrays of the built-in datasets, read from the files that their publishers made. No Keras is needed for it."""

import gzip
import pickle
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.datasets.store import Arrays, Images
from worker.errors import DatasetUnavailable

TEST_FRACTION = 0.2
SPLIT_SEED = 0
HOLDS = {"ndarray": "numpy", "dtype": "numpy", "_reconstruct": "numpy._core.multiarray"}
CIFAR10_TRAIN = [f"cifar-10-batches-py/data_batch_{number}" for number in range(1, 6)]
CIFAR10_TEST = "cifar-10-batches-py/test_batch"
DAMAGED = (
    *(OSError, EOFError, ValueError, KeyError, zlib.error),
    *(pickle.UnpicklingError, tarfile.TarError, zipfile.BadZipFile),
)


def digits(_files: Sequence[Path]) -> Arrays:
    """scikit-learn's 1,797 digits, 8 × 8 × 1, their 0 to 16 spread over 0 to 255."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.rint(bunch.images * 255 / 16).astype(np.uint8)[..., None]
    train, test = split_by_class(bunch.target)
    return {"train": (images[train], bunch.target[train]), "test": (images[test], bunch.target[test])}


def fashion_mnist(files: Sequence[Path]) -> Arrays:
    """IDX files: a header of big-endian integers, then bytes."""
    train_images, train_labels, test_images, test_labels = files
    return {
        "train": (_read_idx(train_images, 3)[..., None], _read_idx(train_labels, 1)),
        "test": (_read_idx(test_images, 3)[..., None], _read_idx(test_labels, 1)),
    }


def mnist(files: Sequence[Path]) -> Arrays:
    with np.load(files[0], allow_pickle=False) as found:
        return {split: (found[f"x_{split}"][..., None], found[f"y_{split}"]) for split in ("train", "test")}


def cifar10(files: Sequence[Path]) -> Arrays:
    with tarfile.open(files[0], "r:gz") as archive:
        parts = [_read_batch(archive, name, b"labels") for name in (*CIFAR10_TRAIN, CIFAR10_TEST)]
    images, labels = (np.concatenate(kind) for kind in zip(*parts[:-1], strict=True))
    return {"train": (images, labels), "test": parts[-1]}


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
    """The splits of a built-in dataset, in its publishers' order.

    Raises:
        DatasetUnavailable: a file is not what it should be.
    """
    try:
        return READERS[name](files)
    except DAMAGED as error:
        names = ", ".join(str(file) for file in files)
        raise DatasetUnavailable(f"{names} can't be read ({error}): delete it, so that it is fetched again.") from error


def split_by_class(labels: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Positions of train and of test, ascending: of each class the same seeded fifth goes to test."""
    draw = np.random.default_rng(SPLIT_SEED)
    test: list[int] = []
    for label in np.unique(labels):
        positions = draw.permutation(np.flatnonzero(labels == label))
        test.extend(positions[: round(len(positions) * TEST_FRACTION)])
    return np.setdiff1d(np.arange(len(labels)), test), np.sort(test)


def _read_idx(path: Path, dimensions: int) -> Images:
    content = gzip.decompress(path.read_bytes())
    shape = np.frombuffer(content, ">u4", count=dimensions, offset=4).astype(int)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def _read_batch(archive: tarfile.TarFile, name: str, labels: bytes) -> tuple[Images, npt.NDArray[np.int64]]:
    """One of CIFAR's pickles: rows of 3,072 bytes, all red, all green, all blue."""
    file = archive.extractfile(name)
    if file is None:
        raise ValueError(f"{name} in it is no file")
    batch = NumbersOnly(file, encoding="bytes").load()
    rows = np.asarray(batch[b"data"], np.uint8)
    return np.ascontiguousarray(rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)), np.asarray(batch[labels])


class NumbersOnly(pickle.Unpickler):
    """Reads arrays, numbers and texts, and refuses a pickle that asks for anything else."""

    def find_class(self, module: str, name: str) -> Any:
        home = HOLDS.get(name)
        if home is not None and module in (home, home.replace("_core", "core")):
            return super().find_class(home, name)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is no array")
