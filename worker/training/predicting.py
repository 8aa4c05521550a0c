"""Best models on single pictures. A model is loaded once, and kept while there is room for it."""

import hashlib
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from backend.preprocessing import Preprocessing
from backend.store import Images
from worker.training.report import PixelStatistics
from worker.training.scaling import PixelScaling

KEPT_MODELS = 4
KEPT_BYTES = 256 * 1000**2
"""Of model files; in memory a model takes about as much. The newest is kept, however large it is."""
TOP = 5

Forward = Callable[[Any], Any]
Probabilities = npt.NDArray[np.float32]


class ModelDamaged(Exception):
    """A file of a model is not what was saved."""


class NotANumber(Exception):
    """A network answered something else than probabilities."""


@dataclass(frozen=True)
class Loaded:
    forward: Forward
    bytes: int


class Models:
    """The models that were asked last, by the SHA-256 of their files."""

    def __init__(self) -> None:
        self._loaded: OrderedDict[str, Loaded] = OrderedDict()

    def __len__(self) -> int:
        return len(self._loaded)

    def get(self, path: Path, sha256: str) -> Forward:
        """Raises FileNotFoundError, and ModelDamaged where the file is not the one that was saved."""
        if sha256 not in self._loaded:
            self._loaded[sha256] = _load(path, sha256)
        self._loaded.move_to_end(sha256)
        while len(self._loaded) > 1 and self._is_full():
            self._loaded.popitem(last=False)
        return self._loaded[sha256].forward

    def _is_full(self) -> bool:
        return len(self._loaded) > KEPT_MODELS or sum(one.bytes for one in self._loaded.values()) > KEPT_BYTES


def probabilities(forward: Forward, pixels: Images, prepares: Preprocessing) -> Probabilities:
    """Of all classes, in their order, for one picture: uint8, H × W × C."""
    answer: Probabilities = np.asarray(forward(scaling(prepares)(pixels[None])))[0]
    if not np.isfinite(answer).all():
        raise NotANumber
    return answer


def likeliest(answer: Probabilities) -> list[tuple[int, float]]:
    """The first classes by probability, equal ones in their own order."""
    return [(int(place), float(answer[place])) for place in np.argsort(-answer, kind="stable")[:TOP]]


def scaling(prepares: Preprocessing) -> PixelScaling:
    given = prepares.statistics
    statistics = PixelStatistics(tuple(given.mean), tuple(given.deviation)) if given else None
    return PixelScaling(prepares.scaling, statistics)


def warm() -> None:
    """Start TensorFlow, and trace a first function."""
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(2)])
    _forward(model)(tf.zeros((1, 8, 8, 1)))


def _load(path: Path, sha256: str) -> Loaded:
    """From a copy: the file may be removed while it is read, and the copy is what was checked."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelDamaged
    with tempfile.NamedTemporaryFile(suffix=".keras") as copy:
        copy.write(content)
        copy.flush()
        return Loaded(_forward(keras.saving.load_model(copy.name, compile=False)), len(content))


def _forward(model: keras.Model) -> Forward:
    """Traced once, for one image: several times quicker than layer by layer."""
    one_image = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    forward: Forward = tf.function(lambda image: model(image, training=False), input_signature=[one_image])
    return forward
