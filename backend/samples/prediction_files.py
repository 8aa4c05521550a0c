"""Reads prediction files of many epochs and runs. Files that were read stay in memory, as many as CACHE_BYTES hold."""

import io
from collections import OrderedDict
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt

from backend.runs.stored_predictions import PredictionsFile, read_file

CACHE_BYTES = 64 * 1024**2  # 15 epochs of 10,000 images take 1 MB
NAMES = ("predicted", "second", "confidence", "second_confidence")

Arrays = dict[str, npt.NDArray[np.generic]]


class _Cache:
    """The files that were used last, by their SHA-256. The sum of their bytes is kept: there may be thousands."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, Arrays] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: str) -> Arrays | None:
        with self._lock:
            if key in self._files:
                self._files.move_to_end(key)
            return self._files.get(key)

    def add(self, key: str, loaded: Arrays) -> None:
        with self._lock:
            if key not in self._files:
                self._files[key] = loaded
                self._bytes += _bytes(loaded)
            while self._bytes > CACHE_BYTES:
                self._bytes -= _bytes(self._files.popitem(last=False)[1])


_cache = _Cache()


def arrays(data_dir: Path, file: PredictionsFile) -> Arrays:
    """Returns the arrays of a prediction file by the names of `NAMES`.

    Raises:
        NotFound: The file is gone or is not the one that was saved.
    """
    if (kept := _cache.get(file.sha256)) is not None:
        return kept
    with np.load(io.BytesIO(read_file(data_dir, file)), allow_pickle=False) as stored:
        loaded = {name: stored[name] for name in NAMES}
    _cache.add(file.sha256, loaded)
    return loaded


def _bytes(loaded: Arrays) -> int:
    return sum(array.nbytes for array in loaded.values())
