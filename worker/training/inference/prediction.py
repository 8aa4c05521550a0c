"""Predicts single images with saved models, the most recent of which stay loaded."""

import hashlib
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from backend.datasets.pictures.preprocessing import Preprocessing
from backend.datasets.store import Images
from worker.training.data.scaling import PixelScaling
from worker.training.report import PixelStatistics

KEPT_MODELS = 4
KEPT_BYTES = 256 * 1000**2  # of weights; the newest model is kept, however large it is
WEIGHT_BYTES = 4
CHUNK_BYTES = 1024**2
TOP = 5

T = TypeVar("T")
Forward = Callable[[Any], Any]
Probabilities = npt.NDArray[np.float32]


class ModelDamaged(Exception):
    """The SHA-256 of a model's file is not that of the file that was saved."""


class NotANumber(Exception):
    """A network returned NaN or infinity."""


class LoadedModel:
    """A model in memory, with the functions that were traced from it."""

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self.forward = _forward(model)
        self.bytes = WEIGHT_BYTES * model.count_params()
        self._derived: dict[Callable[[keras.Model], Any], Any] = {}

    def derived(self, make: Callable[[keras.Model], T]) -> T:
        """Returns `make(model)`, which is called once as long as the model stays in memory."""
        if make not in self._derived:
            self._derived[make] = make(self.model)
        derived: T = self._derived[make]
        return derived


class Models:
    """A cache of the models that were used last, by the SHA-256 of their files."""

    def __init__(self) -> None:
        self._loaded: OrderedDict[str, LoadedModel] = OrderedDict()

    def __len__(self) -> int:
        return len(self._loaded)

    def get(self, path: Path, sha256: str) -> LoadedModel:
        """Raises FileNotFoundError, and ModelDamaged if the file is not the one that was saved."""
        if sha256 not in self._loaded:
            self._loaded[sha256] = _load(path, sha256)
        self._loaded.move_to_end(sha256)
        while len(self._loaded) > 1 and self._is_full():
            self._loaded.popitem(last=False)
        return self._loaded[sha256]

    def _is_full(self) -> bool:
        return len(self._loaded) > KEPT_MODELS or sum(model.bytes for model in self._loaded.values()) > KEPT_BYTES


def probabilities(forward: Forward, pixels: Images, preprocessing: Preprocessing) -> Probabilities:
    """Returns the probabilities of all classes for one image, uint8, H × W × C. Raises NotANumber."""
    result: Probabilities = np.asarray(forward(scaling(preprocessing)(pixels[None])))[0]
    if not np.isfinite(result).all():
        raise NotANumber
    return result


def likeliest(probabilities: Probabilities, count: int = TOP) -> list[tuple[int, float]]:
    """Returns `count` classes and their probabilities, the likeliest first; ties stay in the order of the classes."""
    order = np.argsort(-probabilities, kind="stable")[:count]
    return [(int(index), float(probabilities[index])) for index in order]


def scaling(preprocessing: Preprocessing) -> PixelScaling:
    stored = preprocessing.statistics
    statistics = PixelStatistics(tuple(stored.mean), tuple(stored.deviation)) if stored else None
    return PixelScaling(preprocessing.scaling, statistics)


def warm() -> None:
    """Loads and calls a first model, which starts TensorFlow and imports what loading a model needs."""
    layers = keras.layers
    small = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2)])
    with tempfile.NamedTemporaryFile(suffix=".keras") as file:
        small.save(file.name)
        model = keras.saving.load_model(file.name, compile=False)
    _forward(model)(tf.zeros((1, 8, 8, 1)))


def _load(path: Path, sha256: str) -> LoadedModel:
    """Loads a copy, whose hash was checked: the file itself may be removed or replaced at any time."""
    with tempfile.NamedTemporaryFile(suffix=".keras") as copy:
        with path.open("rb") as file:
            shutil.copyfileobj(file, copy, CHUNK_BYTES)
        copy.seek(0)
        if hashlib.file_digest(copy, "sha256").hexdigest() != sha256:
            raise ModelDamaged
        return LoadedModel(keras.saving.load_model(copy.name, compile=False))


def _forward(model: keras.Model) -> Forward:
    """Returns the model traced for one image, which is several times faster than calling it layer by layer."""
    one_image = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    forward: Forward = tf.function(lambda image: model(image, training=False), input_signature=[one_image])
    return forward
