"""The last feature layer of a network: what its last layer with weights gets, for validation and training images."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from backend.evaluations.results import FEATURES, MAP
from worker.evaluations.evaluation_request import EvaluationRequest
from worker.evaluations.images import Split, images_in, split_images
from worker.evaluations.layout import layout
from worker.evaluations.model import Array, BestModel, Forward
from worker.evaluations.output import Output

MAX_FEATURES = 512  # kept of an image; more are projected, which keeps distances within some 5 %
MAX_VALIDATION_IMAGES, MAX_TRAINING_IMAGES = 10_000, 20_000
FORWARD_SECONDS = 15.0  # for the images of either split, so that the map is there within a minute
SKETCH_SEED = 0x5E7C4


def compute_map(request: EvaluationRequest, output: Output) -> dict[str, Any]:
    """Saves features and positions of validation and training images, and the map of the validation images."""
    model = BestModel(request)
    features, layer = feature_extractor(model)
    save = _Saver(request, model, features, output)
    validation, validation_split = save.split("validation", MAX_VALIDATION_IMAGES, 0.0, 0.15)
    _, train_split = save.split("train", MAX_TRAINING_IMAGES, 0.15, 0.4)
    output.save(f"{MAP}-validation", layout(validation, output.part(0.4, 1.0)))
    return {"layer": layer, "stored_splits": {"validation": validation_split, "train": train_split}}


class _Saver:
    def __init__(self, request: EvaluationRequest, model: BestModel, features: Forward, output: Output) -> None:
        self._request, self._model, self._features, self._output = request, model, features, output

    def split(self, split: Split, most: int, start: float, end: float) -> tuple[Array, str]:
        """Saves the features of a split's images; returns them and the dataset's split they were taken from."""
        most = images_in(FORWARD_SECONDS, self._model.network.multiplications, most)
        images = split_images(self._request.dataset_path, self._model.spec, split, most)
        (features,) = self._model.outputs(self._features, images.images, self._output.part(start, end))
        self._output.save(f"{FEATURES}-{split}", features)
        self._output.save(f"positions-{split}", images.positions)
        return features, images.stored_split


def feature_extractor(model: BestModel) -> tuple[Forward, str | None]:
    """Returns a function from images to features, float32 (n, at most MAX_FEATURES), and the name of their layer.

    The name is None where no layer with weights comes before the last one: then the features are the pixels.
    """
    network = model.keras_model
    weighted = [layer for layer in network.layers if layer.weights]
    head = weighted[-1] if weighted else network.layers[-1]
    features = keras.Model(network.inputs, head.input)
    layer = head.input._keras_history.operation.name if len(weighted) > 1 else None
    return model.forward(features, [flat]), layer


def flat(features: tf.Tensor) -> tf.Tensor:
    """Returns features as (n, at most MAX_FEATURES): maps are averaged over their pixels, long vectors projected."""
    if len(features.shape) > 2:
        features = tf.reduce_mean(features, axis=list(range(1, len(features.shape) - 1)))
    return features if features.shape[1] <= MAX_FEATURES else sketched(features)


def sketched(features: tf.Tensor) -> tf.Tensor:
    """Projects to MAX_FEATURES values by a count sketch, which keeps distances and needs no matrix.

    Each feature is added to one of the sums, with a sign; both are drawn (Charikar, Chen, Farach-Colton 2002).
    """
    draw = np.random.default_rng(SKETCH_SEED)
    sums = draw.integers(0, MAX_FEATURES, features.shape[1])
    signs = draw.choice(np.array([-1, 1], np.float32), features.shape[1])
    return tf.transpose(tf.math.unsorted_segment_sum(tf.transpose(features * signs), sums, MAX_FEATURES))
