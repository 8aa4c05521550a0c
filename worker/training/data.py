"""The training images as Keras gets them: uint8 in memory, picked, varied and scaled inside TensorFlow's graph."""

import math
import os
from typing import Any

import numpy as np
import tensorflow as tf

from backend.spec import RunSpec
from worker.training.augmentation import augment
from worker.training.compiling import targets
from worker.training.material import Material

PREFETCHED_BATCHES = 8
MOST_BATCHES_AT_ONCE = 4
SEEDS = 0xA06
"""Beside run seed and epoch, so that what is done to the images is not drawn as their order is."""


class TrainingData:
    """The batches of each epoch, made from the seed and the epoch alone: their order and how images are varied.

    An epoch's numbers come in as constants. Read from a variable, they would make all of the pipeline wait for each
    step, since operations have to be deterministic (TensorFlow then takes prefetching away).
    """

    def __init__(self, material: Material, spec: RunSpec) -> None:
        part, weights = material.parts.train, material.weights
        self._spec = spec
        self._scaling = material.scaling
        self._classes = len(material.classes)
        self._size = len(part)
        with tf.device("CPU"):
            self._images = tf.constant(part.images)
            self._labels = tf.constant(part.labels.astype(np.int32))
            self._weights = None if weights is None else tf.constant(weights)
        self._batch = tf.function(self._make_batch)  # traced once, not in each epoch

    def __len__(self) -> int:
        """Batches an epoch."""
        return math.ceil(self._size / self._spec.batch_size)

    def epoch(self, epoch: int) -> tf.data.Dataset:
        """The batches of `epoch` (from 1): images, targets and, where classes differ, weights."""
        seed = self._spec.seed
        with tf.device("CPU"):
            order = tf.constant(np.random.default_rng([seed, epoch]).permutation(self._size).astype(np.int32))
            epoch_seed = tf.constant(np.random.default_rng([seed, epoch, SEEDS]).integers(2**31, dtype=np.int32))
        starts = tf.data.Dataset.range(0, self._size, self._spec.batch_size, output_type=tf.int32)
        batches = starts.map(
            lambda start: self._batch(order[start : start + self._spec.batch_size], epoch_seed),
            num_parallel_calls=min(MOST_BATCHES_AT_ONCE, os.cpu_count() or 1),
            deterministic=True,
        )
        return batches.prefetch(PREFETCHED_BATCHES).with_options(fixed())

    def _make_batch(self, chosen: Any, epoch_seed: Any) -> tuple[Any, ...]:
        images, labels = tf.gather(self._images, chosen), tf.gather(self._labels, chosen)
        if self._spec.augmentation is not None:
            seeds = tf.stack([tf.fill(tf.shape(chosen), epoch_seed), chosen], axis=1)
            images = augment(images, seeds, self._spec.augmentation)
        pixels, wanted = self._scaling(images), targets(labels, self._spec.loss, self._classes)
        if self._weights is None:
            return pixels, wanted
        return pixels, wanted, tf.gather(self._weights, labels)


def fixed() -> tf.data.Options:
    """Nothing is left to tune; the thread that would can hold the end of an epoch for seconds."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return options
