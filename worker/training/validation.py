"""Scores a model on one split: the metrics of its forward pass, and the predictions that are stored."""

import copy
from dataclasses import dataclass
from typing import Any, Self, cast

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from backend.files import SavedFile
from backend.spec import Loss
from worker.training.compiling import targets
from worker.training.data.scaling import PixelScaling
from worker.training.data.splits import LabelledImages
from worker.training.files import Folder
from worker.training.portable.validation import Validation, macro_f1

Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Scores:
    """`loss` includes penalties, as Keras' own does; `probabilities` are float32, images × classes."""

    loss: float
    accuracy: float
    macro_f1: float
    probabilities: Probabilities


class Scorer:
    """Scores a compiled model on the images of one split. Class weights don't apply."""

    def __init__(
        self, model: keras.Model, split: LabelledImages, scaling: PixelScaling, loss: Loss, images_per_pass: int
    ) -> None:
        self._loss = loss
        self._labels = np.asarray(split.labels, np.int32)
        expected = self._targets(model)
        self._validation = Validation(model, cast(np.ndarray, split.images), expected, scaling, images_per_pass)

    @property
    def images(self) -> int:
        """How many images are scored."""
        return len(self._labels)

    def of(self, split: LabelledImages) -> Self:
        """Returns a scorer of other images that shares the traced forward pass of this one."""
        other = copy.copy(self)
        other._labels = np.asarray(split.labels, np.int32)
        other._validation = copy.copy(self._validation)
        other._validation.images = cast(np.ndarray, split.images)
        other._validation.targets = other._targets(self._validation.model)
        return other

    def _targets(self, model: keras.Model) -> tf.Tensor:
        return targets(tf.constant(self._labels), self._loss, model.output_shape[-1])

    def scores(self) -> Scores:
        """Scores the model with its current weights."""
        loss, probabilities = self._validation.evaluate()
        predicted = probabilities.argmax(axis=1)
        accuracy = float(np.mean(predicted == self._labels))
        return Scores(loss, accuracy, macro_f1(self._labels, predicted, probabilities.shape[1]), probabilities)


def save_predictions(folder: Folder, name: str, probabilities: Probabilities) -> SavedFile:
    arrays: dict[str, Any] = dict(top_two(probabilities))
    return folder.save(name, lambda file: np.savez(file, **arrays))


def top_two(probabilities: Probabilities) -> dict[str, npt.NDArray[Any]]:
    """Returns the predicted class of each image and the runner-up (uint8 or uint16), with confidences (float16)."""
    rows = np.arange(len(probabilities))
    index = np.uint8 if probabilities.shape[1] <= 256 else np.uint16
    predicted = probabilities.argmax(axis=1)
    others = probabilities.copy()
    others[rows, predicted] = -1
    second = others.argmax(axis=1)
    return {
        "predicted": predicted.astype(index),
        "second": second.astype(index),
        "confidence": probabilities[rows, predicted].astype(np.float16),
        "second_confidence": probabilities[rows, second].astype(np.float16),
    }
