"""A stored dataset as one `.npz` file, made while it is sent: NumPy's own format, a zip of arrays, not compressed."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.datasets.store import SPLITS, StoredDataset

BYTES_AT_ONCE = 4 * 1024**2


class _Sink(io.RawIOBase):
    """What a zip is written into, and read from as it grows. It can't go back, so the zip doesn't try to."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._held += content
        return len(content)

    def taken(self) -> bytes:
        content = bytes(self._held)
        self._held.clear()
        return content


def npz(dataset: StoredDataset) -> Iterator[bytes]:
    """`train_images`, `train_labels`, `test_images`, `test_labels` and `classes`, some megabytes at a time."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, array in _arrays(dataset).items():
            entry = zipfile.ZipInfo(f"{name}.npy")  # of 1980, so that the same dataset is the same file
            with archive.open(entry, "w", force_zip64=True) as file:
                for piece in _pieces(array):
                    file.write(piece)
                    yield sink.taken()
    yield sink.taken()


def _arrays(dataset: StoredDataset) -> dict[str, npt.NDArray[Any]]:
    arrays: dict[str, npt.NDArray[Any]] = {}
    for split in SPLITS:
        arrays |= {f"{split}_images": dataset.images(split), f"{split}_labels": dataset.labels(split)}
    return {**arrays, "classes": np.array(dataset.manifest.classes)}


def _pieces(array: npt.NDArray[Any]) -> Iterator[bytes]:
    """The array as a `.npy` file."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
    yield head.getvalue()
    rows = max(1, BYTES_AT_ONCE // max(1, array[:1].nbytes))
    for start in range(0, len(array), rows):
        yield np.ascontiguousarray(array[start : start + rows]).tobytes()
