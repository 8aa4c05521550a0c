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

_cache: OrderedDict[str, Arrays] = OrderedDict()
_lock = Lock()


def arrays(data_dir: Path, file: PredictionsFile) -> Arrays:
    """Returns the arrays of a prediction file by the names of `NAMES`.

    Raises:
        NotFound: The file is gone or is not the one that was saved.
    """
    with _lock:
        if file.sha256 in _cache:
            _cache.move_to_end(file.sha256)
            return _cache[file.sha256]
    with np.load(io.BytesIO(read_file(data_dir, file)), allow_pickle=False) as stored:
        loaded = {name: stored[name] for name in NAMES}
    with _lock:
        _cache[file.sha256] = loaded
        while sum(map(_bytes, _cache.values())) > CACHE_BYTES:
            _cache.popitem(last=False)
    return loaded


def _bytes(loaded: Arrays) -> int:
    return sum(array.nbytes for array in loaded.values())
