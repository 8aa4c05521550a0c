"""Best models on single pictures. A model is loaded once, and kept while there is room for it."""

import hashlib
import shutil
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

from backend.datasets.preprocessing import Preprocessing
from backend.datasets.store import Images
from worker.training.report import PixelStatistics
from worker.training.scaling import PixelScaling

KEPT_MODELS = 4
KEPT_BYTES = 256 * 1000**2
"""Of weights. The newest model is kept, however large it is."""
WEIGHT_BYTES = 4
BYTES_AT_ONCE = 1024**2
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
    """Load and ask a first model, which starts TensorFlow and imports what reading a model needs."""
    layers = keras.layers
    small = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2)])
    with tempfile.NamedTemporaryFile(suffix=".keras") as file:
        small.save(file.name)
        model = keras.saving.load_model(file.name, compile=False)
    _forward(model)(tf.zeros((1, 8, 8, 1)))


def _load(path: Path, sha256: str) -> Loaded:
    """From a copy: the file may be removed while it is read, and the copy is what was checked."""
    with tempfile.NamedTemporaryFile(suffix=".keras") as copy:
        with path.open("rb") as file:
            shutil.copyfileobj(file, copy, BYTES_AT_ONCE)
        copy.seek(0)
        if hashlib.file_digest(copy, "sha256").hexdigest() != sha256:
            raise ModelDamaged
        model = keras.saving.load_model(copy.name, compile=False)
    return Loaded(_forward(model), WEIGHT_BYTES * model.count_params())


def _forward(model: keras.Model) -> Forward:
    """Traced once, for one image: several times quicker than layer by layer."""
    one_image = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    forward: Forward = tf.function(lambda image: model(image, training=False), input_signature=[one_image])
    return forward
