"""The training images as Keras gets them: uint8, gathered, augmented and scaled in TensorFlow's graph.

They are held in memory, or read from their memory-mapped file where they are too many for that.
"""

import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from backend.datasets.store import ImageRows
from backend.spec import RunSpec
from worker.training.compiling import targets
from worker.training.data.augmentation import augment
from worker.training.data.inputs import TrainingInputs
from worker.training.portable.augmentation import augmentation_seed, image_seeds
from worker.training.portable.batches import epoch_batches

Gather = Callable[[tf.Tensor], tf.Tensor]
"""Returns the images at positions, int32, of the training split."""


class TrainingData:
    """The batches of each epoch; their order and the augmentation are drawn from the seed and the epoch alone."""

    def __init__(self, inputs: TrainingInputs, spec: RunSpec) -> None:
        train, weights = inputs.splits.train, inputs.weights
        self._spec = spec
        self._scaling = inputs.scaling
        self._classes = len(inputs.classes)
        self._size = len(train)
        with tf.device("CPU"):
            self._gather = _from_memory(train.images) if inputs.are_held else _from_map(train.images)
            self._labels = tf.constant(train.labels.astype(np.int32))
            self._weights = None if weights is None else tf.constant(weights)
        self._batch = tf.function(self._make_batch, autograph=False)  # traced once, not in each epoch

    def __len__(self) -> int:
        """Returns the number of batches in an epoch."""
        return math.ceil(self._size / self._spec.batch_size)

    def epoch(self, epoch: int) -> tf.data.Dataset:
        """Returns the batches of `epoch`, counted from 1: images, targets and, with class weights, sample weights."""
        seed, batch_size = self._spec.seed, self._spec.batch_size
        epoch_seed = augmentation_seed(seed, epoch)
        return epoch_batches(lambda positions: self._batch(positions, epoch_seed), self._size, batch_size, seed, epoch)

    def _make_batch(self, positions: tf.Tensor, epoch_seed: tf.Tensor) -> tuple[tf.Tensor, ...]:
        images, labels = self._gather(positions), tf.gather(self._labels, positions)
        if self._spec.augmentation is not None:
            images = augment(images, image_seeds(epoch_seed, positions), self._spec.augmentation)
        batch = self._scaling(images), targets(labels, self._spec.loss, self._classes)
        return batch if self._weights is None else (*batch, tf.gather(self._weights, labels))


def _from_memory(images: ImageRows) -> Gather:
    held = tf.constant(images[:])
    return lambda positions: tf.gather(held, positions)


def _from_map(images: ImageRows) -> Gather:
    def gather(positions: tf.Tensor) -> tf.Tensor:
        # Not stateful, or TensorFlow would read one batch after the other, for the sake of determinism.
        batch = tf.numpy_function(lambda rows: images[rows], [positions], images.dtype, stateful=False)
        return tf.ensure_shape(batch, (None, *images.shape[1:]))

    return gather
