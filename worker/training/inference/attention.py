"""Where a network looks: maps of one image that say which of its parts speak for a class."""

import math
from collections.abc import Iterator
from itertools import chain
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from PIL import Image

from worker.training.inference.graph import graph
from worker.training.inference.scores import Scores

Floats = npt.NDArray[np.float32]

GRIDS = (14, 10, 7, 5)  # patches in a row: the finest that OCCLUSION_SECONDS allow
OCCLUSION_SECONDS = 2.0
PATCH_STEPS = 2  # a patch is two steps wide, so that patches overlap


class GradCam:
    """Grad-CAM (Selvaraju et al., 2017) at the last convolution, on the scores before the softmax.

    Raises:
        NoConvolution: The network has none.
    """

    def __init__(self, model: keras.Model) -> None:
        network = graph(model)
        layer, features = network.convolutions[-1]
        self.layer = layer.name
        self._network = keras.Model(network.input, [features, network.scores])
        image = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
        self._map: Any = tf.function(self._compute, input_signature=[image, tf.TensorSpec((), tf.int32)])

    def __call__(self, image: Floats, label: int) -> Floats:
        """Returns the map of one scaled image (1, H, W, C), float32 (h, w) from 0 to 1."""
        return _normalized(self._map(image, label).numpy())

    def _compute(self, image: tf.Tensor, label: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            features, scores = self._network(image, training=False)
            score = scores[0, label]
        gradient = tape.gradient(score, features)
        weights = tf.reduce_mean(tf.cast(gradient, tf.float32), axis=(0, 1, 2))
        return tf.nn.relu(tf.reduce_sum(tf.cast(features[0], tf.float32) * weights, axis=-1))


def occlusion(scores: Scores, image: Floats, label: int) -> Floats:
    """Returns by how much the log probability of a class falls when a part of one scaled image is covered.

    Each value belongs to one patch, which has the image's mean colour; float32 (h, w) from 0 to 1.
    """
    grid = _grid(scores.seconds_per_image)
    rows, columns = (min(grid, side) for side in image.shape[1:3])
    values = scores(chain(image, _covered(image[0], rows, columns)))[:, label]
    return _normalized(np.maximum(0, values[0] - values[1:]).reshape(rows, columns))


def resized(values: Floats, height: int, width: int) -> Floats:
    """Returns a map in the size of the image, interpolated linearly."""
    return np.asarray(Image.fromarray(values).resize((width, height), Image.Resampling.BILINEAR))


def half_area(values: Floats) -> float | None:
    """Returns the share of the image that holds half of the map; None for a map of zeros."""
    total = float(values.sum())
    if total <= 0:
        return None
    held = np.cumsum(np.sort(values, axis=None)[::-1])
    return float(np.searchsorted(held, total / 2) + 1) / values.size


def correlation(first: Floats, second: Floats) -> float | None:
    """Returns Pearson's correlation of two maps of one size; None if one is constant."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    value = float(np.corrcoef(first.ravel(), second.ravel())[0, 1])
    return value if math.isfinite(value) else None


def _grid(seconds_per_image: float) -> int:
    return next((grid for grid in GRIDS if grid**2 * seconds_per_image <= OCCLUSION_SECONDS), GRIDS[-1])


def _covered(image: Floats, rows: int, columns: int) -> Iterator[Floats]:
    colour = image.mean(axis=(0, 1))
    height, width, _ = image.shape
    for row in range(rows):
        for column in range(columns):
            covered = image.copy()
            covered[_span(row, rows, height), _span(column, columns, width)] = colour
            yield covered


def _span(at: int, steps: int, side: int) -> slice:
    """Returns the pixels of one patch along one side; its middle is that of step `at`."""
    step = side / steps
    middle, half = (at + 0.5) * step, max(1.0, PATCH_STEPS * step) / 2
    return slice(max(0, round(middle - half)), max(round(middle - half) + 1, round(middle + half)))


def _normalized(values: Floats) -> Floats:
    return (values / values.max() if values.max() > 0 else values).astype(np.float32)
