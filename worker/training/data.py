"""The training images as Keras gets them: uint8 in memory, picked and scaled inside TensorFlow's graph."""

from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from backend.spec import RunSpec
from backend.store import StoredDataset

PREFETCHED_BATCHES = 8


class TrainingData:
    """`batches` is what `fit` reads; `shuffle(epoch)` sets the order of the epoch that comes next.

    The order lies in a variable, since `fit` makes two iterators an epoch and a seeded `Dataset.shuffle` would move on
    with each.
    """

    def __init__(self, dataset: StoredDataset, spec: RunSpec) -> None:
        images, labels = first(dataset, "train", spec.dataset.train_limit)
        self._seed = spec.seed
        self._size = len(images)
        self._batch = spec.batch_size
        with tf.device("CPU"):
            self._images = tf.constant(images)
            self._labels = tf.constant(labels.astype(np.int32))
            self._order = tf.Variable(tf.range(self._size), trainable=False)
        starts = tf.data.Dataset.range(0, self._size, self._batch, output_type=tf.int32)
        self.batches = starts.map(self._pick).prefetch(PREFETCHED_BATCHES)

    def shuffle(self, epoch: int) -> None:
        """Take the order of `epoch` (from 1): a permutation made from the seed and the epoch alone."""
        order = np.random.default_rng([self._seed, epoch]).permutation(self._size)
        self._order.assign(order.astype(np.int32))

    def _pick(self, start: Any) -> tuple[Any, Any]:
        chosen = self._order[start : start + self._batch]
        return scaled(tf.gather(self._images, chosen)), tf.gather(self._labels, chosen)


def first(
    dataset: StoredDataset, split: str, limit: int | None
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.integer[Any]]]:
    """The first `limit` images and labels of a split, all of them for None."""
    return dataset.images(split)[:limit], dataset.labels(split)[:limit]


def scaled(images: Any) -> Any:
    """uint8 to float32 between 0 and 1, by division: a product with 1/255 differs in half of the values."""
    return tf.cast(images, tf.float32) / 255.0
