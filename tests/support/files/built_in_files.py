"""Small files in the formats of the built-in datasets, and where they are put."""

import gzip
import io
import pickle
import tarfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.datasets.built_in import BUILT_IN


def idx(array: npt.NDArray[np.uint8]) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(header + array.tobytes())


@cache
def fashion() -> list[bytes]:
    """Fashion-MNIST with 30 and 10 images; the pixels of each have its index as their value."""
    files = []
    for size in (30, 10):
        files.append(idx(np.full((size, 28, 28), np.arange(size).reshape(-1, 1, 1), np.uint8)))
        files.append(idx(np.arange(size, dtype=np.uint8)[::-1] % 10))
    return files


@cache
def mnist() -> list[bytes]:
    file = io.BytesIO()
    pixels = np.full((20, 28, 28), np.arange(20).reshape(-1, 1, 1), np.uint8)
    labels = np.arange(20, dtype=np.uint8) % 10
    np.savez_compressed(file, x_train=pixels, y_train=labels, x_test=pixels[:5], y_test=labels[:5])
    return [file.getvalue()]


def cifar_batch(size: int, labels: str, classes: int) -> dict[bytes, Any]:
    """A batch in CIFAR's format; each image has its index in red, 100 in green and 200 in blue."""
    rows = np.concatenate([np.full((size, 1024), value, np.uint8) for value in (0, 100, 200)], axis=1)
    rows[:, :1024] = np.arange(size).reshape(-1, 1)
    return {b"data": rows, labels.encode(): [number % classes for number in range(size)], b"batch_label": b"of a test"}


def pickles_in_tar(members: dict[str, Any]) -> list[bytes]:
    """A .tar.gz of pickles, with the module names of the NumPy of that time."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            data = pickle.dumps(content, protocol=3).replace(b"numpy._core", b"numpy.core")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return [file.getvalue()]


@cache
def cifar10() -> list[bytes]:
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    return pickles_in_tar({f"cifar-10-batches-py/{name}": cifar_batch(10, "labels", 10) for name in names})


@cache
def cifar100() -> list[bytes]:
    return pickles_in_tar(
        {f"cifar-100-python/{name}": cifar_batch(100, "fine_labels", 100) for name in ("train", "test")}
    )


FILES: dict[str, Callable[[], list[bytes]]] = {
    "fashion_mnist": fashion, "mnist": mnist, "cifar10": cifar10, "cifar100": cifar100,
}  # fmt: skip


def put_into_cache(name: str, folder: Path, contents: list[bytes], version: int = 0) -> None:
    """Writes a dataset's files to where a version of Keras caches them (an index of `SourceFile.cached`)."""
    for file, content in zip(BUILT_IN[name].files, contents, strict=True):
        path = folder / file.cached[version]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
