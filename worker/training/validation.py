"""One forward pass over the images of a part gives everything that is told about a model."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from backend.spec import Loss
from worker.training.compiling import targets
from worker.training.files import Folder
from worker.training.parts import Part
from worker.training.report import SavedFile
from worker.training.scaling import PixelScaling

Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Scores:
    """`loss` holds the penalty, as Keras' own does; `probabilities` are float32, images × classes."""

    loss: float
    accuracy: float
    macro_f1: float
    probabilities: Probabilities


class Validation:
    """A compiled model on the images of one part, all of which count the same, whatever the class weights."""

    def __init__(self, model: keras.Model, part: Part, scaling: PixelScaling, loss: Loss, images_a_pass: int) -> None:
        self._model = model
        self._scaling = scaling
        self._truth = np.asarray(part.labels, np.int32)
        self._images = tf.constant(part.images)
        self._targets = targets(tf.constant(self._truth), loss, model.output_shape[-1])
        self._step = images_a_pass
        self._forward = tf.function(self._one_pass)

    def scores(self) -> Scores:
        """Score the model as it is now. Losses of passes are weighted by their images."""
        starts = range(0, len(self._truth), self._step)
        passes = [self._forward(tf.constant(start)) for start in starts]
        probabilities = np.concatenate([one.numpy() for one, _ in passes])
        sizes = [len(one) for one, _ in passes]
        loss = np.average([float(loss) for _, loss in passes], weights=sizes)
        predicted = probabilities.argmax(axis=1)
        accuracy = np.mean(predicted == self._truth)
        f1 = macro_f1(self._truth, predicted, probabilities.shape[1])
        return Scores(float(loss), float(accuracy), f1, probabilities)

    def _one_pass(self, start: Any) -> tuple[Any, Any]:
        stop = start + self._step
        probabilities = self._model(self._scaling(self._images[start:stop]), training=False)
        return probabilities, self._model.compute_loss(None, self._targets[start:stop], probabilities, training=False)


def macro_f1(truth: npt.NDArray[Any], predicted: npt.NDArray[Any], classes: int) -> float:
    """The mean of all classes' F1; a class neither there nor predicted counts as 0."""
    hits = np.bincount(truth[truth == predicted], minlength=classes)
    named = np.bincount(truth, minlength=classes) + np.bincount(predicted, minlength=classes)
    return float(np.mean(2 * hits / np.maximum(named, 1)))


def save_predictions(folder: Folder, name: str, probabilities: Probabilities) -> SavedFile:
    arrays: dict[str, Any] = dict(top_two(probabilities))
    return folder.save(name, lambda file: np.savez(file, **arrays))


def top_two(probabilities: Probabilities) -> dict[str, npt.NDArray[Any]]:
    """The class predicted for each image and the runner-up (uint8 or uint16), with their confidences (float16)."""
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
