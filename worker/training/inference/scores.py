"""Scores of a network before its softmax, for many images at once."""

from collections.abc import Callable, Iterable
from itertools import islice
from timeit import timeit
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from worker.training.inference.graph import graph
from worker.training.inference.prediction import NotANumber

Floats = npt.NDArray[np.float32]

TIMED_PASSES = 3
PIXELS_PER_PASS = 2**18  # 334 images of 28 × 28; at 1,024 × 1,024 one image, whose layers take hundreds of megabytes


class Scores:
    """Computes log probabilities. Making it traces the network and measures `seconds_per_image`."""

    def __init__(self, model: keras.Model) -> None:
        self._images_per_pass = max(1, PIXELS_PER_PASS // (model.input_shape[1] * model.input_shape[2]))
        network = graph(model)
        forward = keras.Model(network.input, network.scores)
        inputs = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)
        self._forward: Callable[[Any], Any] = tf.function(
            lambda images: tf.nn.log_softmax(tf.cast(forward(images, training=False), tf.float32)),
            input_signature=[inputs],
            autograph=False,
        )
        self.seconds_per_image = self._measure(np.zeros(model.input_shape[1:], np.float32))

    def __call__(self, images: Iterable[Floats]) -> Floats:
        """Returns the log probabilities of scaled images (H, W, C), float32 of shape (n, classes). Raises NotANumber.

        Only the images of one pass are in memory at a time.
        """
        remaining = iter(images)
        parts = iter(lambda: list(islice(remaining, self._images_per_pass)), [])
        result: Floats = np.concatenate([self._forward(np.stack(part)).numpy() for part in parts])
        if not np.isfinite(result).all():
            raise NotANumber
        return result

    def _measure(self, image: Floats) -> float:
        """Returns the shortest of some times: others are lengthened by what else runs on the machine."""
        self([image])
        times = [timeit(lambda: self([image]), number=1) for _ in range(TIMED_PASSES)]
        return min(times)
