"""Streams a stored dataset as one uncompressed `.npz` file, for train.py and notebooks, without a file on disk."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.datasets.store import StoredDataset

CHUNK_BYTES = 4 * 1024**2


class _Buffer(io.RawIOBase):
    """A write-only file in memory that is emptied as it grows. It cannot seek, so zipfile writes it as a stream."""

    def __init__(self) -> None:
        self._content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._content += content
        return len(content)

    def drain(self) -> bytes:
        """Returns what was written since the last call."""
        content = bytes(self._content)
        self._content.clear()
        return content


def stream_npz(dataset: StoredDataset) -> Iterator[bytes]:
    """Yields `train_images`, `train_labels`, …, for each split, and `classes`, in chunks of CHUNK_BYTES."""
    buffer = _Buffer()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in _arrays(dataset).items():
            entry = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, so that the same dataset gives the same bytes
            with archive.open(entry, "w", force_zip64=True) as file:
                for chunk in _npy_chunks(array):
                    file.write(chunk)
                    yield buffer.drain()
    yield buffer.drain()


def _arrays(dataset: StoredDataset) -> dict[str, npt.NDArray[Any]]:
    arrays: dict[str, npt.NDArray[Any]] = {}
    for split in dataset.splits:
        arrays |= {f"{split}_images": dataset.images(split), f"{split}_labels": dataset.labels(split)}
    return {**arrays, "classes": np.array(dataset.manifest.classes)}


def _npy_chunks(array: npt.NDArray[Any]) -> Iterator[bytes]:
    """Yields an array in the `.npy` format."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
    yield header.getvalue()
    rows = max(1, CHUNK_BYTES // max(1, array[:1].nbytes))
    for start in range(0, len(array), rows):
        yield np.ascontiguousarray(array[start : start + rows]).tobytes()
