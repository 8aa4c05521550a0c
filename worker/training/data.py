"""The training images as Keras gets them: uint8 in memory, picked, varied and scaled inside TensorFlow's graph."""

import os
from typing import Any

import numpy as np
import tensorflow as tf

from backend.spec import Augmentation, RunSpec
from worker.training import compiling
from worker.training.augmentation import augment
from worker.training.material import Material

PREFETCHED_BATCHES = 8
MOST_BATCHES_AT_ONCE = 4
SEEDS = 0xA06
"""Beside run seed and epoch, so that what is done to the images is not drawn as their order is."""


class TrainingData:
    """`batches` is what `fit` reads; `shuffle(epoch)` sets the order of the epoch that comes next.

    The order lies in a variable, since `fit` makes two iterators an epoch and a seeded `Dataset.shuffle` would move on
    with each. An image is varied by a seed of its own, made from run, epoch and its position.
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
            self._order = tf.Variable(tf.range(self._size), trainable=False)
            self._epoch_seed = tf.Variable(0, trainable=False)
        self.batches = self._read().prefetch(PREFETCHED_BATCHES)

    def shuffle(self, epoch: int) -> None:
        """Take the order of `epoch` (from 1): a permutation made from the seed and the epoch alone."""
        seed = self._spec.seed
        order = np.random.default_rng([seed, epoch]).permutation(self._size)
        self._order.assign(order.astype(np.int32))
        self._epoch_seed.assign(np.random.default_rng([seed, epoch, SEEDS]).integers(2**31, dtype=np.int32))

    def _read(self) -> tf.data.Dataset:
        starts = tf.data.Dataset.range(0, self._size, self._spec.batch_size, output_type=tf.int32)
        given = self._spec.augmentation
        if given is None:
            return starts.map(lambda start: self._finished(*self._pick(self._chosen(start))))
        # Variables are read in a step of its own, one batch after the other; only the rest may run side by side.
        at_once = min(MOST_BATCHES_AT_ONCE, os.cpu_count() or 1)
        return starts.map(self._seeded).map(
            lambda chosen, seeds: self._varied(chosen, seeds, given), num_parallel_calls=at_once, deterministic=True
        )

    def _chosen(self, start: Any) -> Any:
        """The positions of a batch's images."""
        return self._order[start : start + self._spec.batch_size]

    def _pick(self, chosen: Any) -> tuple[Any, Any]:
        return tf.gather(self._images, chosen), tf.gather(self._labels, chosen)

    def _seeded(self, start: Any) -> tuple[Any, Any]:
        """The positions of a batch's images, and a seed for each."""
        chosen = self._chosen(start)
        return chosen, tf.stack([tf.fill(tf.shape(chosen), self._epoch_seed), chosen], axis=1)

    def _varied(self, chosen: Any, seeds: Any, given: Augmentation) -> tuple[Any, ...]:
        images, labels = self._pick(chosen)
        return self._finished(augment(images, seeds, given), labels)

    def _finished(self, images: Any, labels: Any) -> tuple[Any, ...]:
        """As the model wants it: scaled images, targets, and the weights of the images where classes differ."""
        given = self._scaling(images), compiling.targets(labels, self._spec.loss, self._classes)
        return given if self._weights is None else (*given, tf.gather(self._weights, labels))
