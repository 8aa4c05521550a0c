"""Small files in the formats of the built-in datasets."""

import gzip
import io
import pickle
import tarfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from backend.datasets.built_in import BUILT_IN


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(header + array.tobytes())


@cache
def fashion() -> list[bytes]:
    """A Fashion-MNIST of 30 and 10 images; each is one grey, its number."""
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


def batch(size: int, labels: str, most: int) -> dict[bytes, Any]:
    """As CIFAR's publishers made it: each image is its number in red, 100 in green, 200 in blue."""
    rows = np.concatenate([np.full((size, 1024), value, np.uint8) for value in (0, 100, 200)], axis=1)
    rows[:, :1024] = np.arange(size).reshape(-1, 1)
    return {b"data": rows, labels.encode(): [number % most for number in range(size)], b"batch_label": b"of a test"}


def packed(members: dict[str, Any]) -> list[bytes]:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            data = pickle.dumps(content, protocol=3).replace(b"numpy._core", b"numpy.core")  # as they did long ago
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return [file.getvalue()]


@cache
def cifar10() -> list[bytes]:
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    return packed({f"cifar-10-batches-py/{name}": batch(10, "labels", 10) for name in names})


@cache
def cifar100() -> list[bytes]:
    return packed({f"cifar-100-python/{name}": batch(100, "fine_labels", 100) for name in ("train", "test")})


FILES: dict[str, Callable[[], list[bytes]]] = {
    "fashion_mnist": fashion, "mnist": mnist, "cifar10": cifar10, "cifar100": cifar100,
}  # fmt: skip


def put(name: str, folder: Path, contents: list[bytes], place: int = 0) -> None:
    for file, content in zip(BUILT_IN[name].files, contents, strict=True):
        path = folder / file.cached[place]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
