"""The batches of an epoch: their order, and the `tf.data` pipeline that makes them."""

import os
from collections.abc import Callable

import numpy as np
import tensorflow as tf

PREFETCHED_BATCHES = 8
MAX_PARALLEL_BATCHES = 4  # more threads would only take the processors from the training step


def epoch_batches(
    make_batch: Callable[[tf.Tensor], tuple[tf.Tensor, ...]], images: int, batch_size: int, seed: int, epoch: int
) -> tf.data.Dataset:
    """Returns the batches of `epoch` (counted from 1) for `model.fit`.

    The order of the `images` is a permutation drawn from the seed and the epoch alone, so each epoch can be repeated.
    `make_batch` runs in TensorFlow's graph: it takes the positions of the images of one batch, int32, and returns what
    `model.fit` takes. The order is a constant of the graph: read from a variable, it would stop prefetching, because
    operations have to be deterministic. AutoGraph, which `make_batch` doesn't need, would take as long as the tracing.
    """
    with tf.device("CPU"):
        order = tf.constant(np.random.default_rng([seed, epoch]).permutation(images).astype(np.int32))
    starts = tf.data.Dataset.range(0, images, batch_size, output_type=tf.int32)
    batches = starts.map(
        tf.autograph.experimental.do_not_convert(lambda start: make_batch(order[start : start + batch_size])),
        num_parallel_calls=min(MAX_PARALLEL_BATCHES, os.cpu_count() or 1),
        deterministic=True,
    )
    return batches.prefetch(PREFETCHED_BATCHES).with_options(fixed_options())


def fixed_options() -> tf.data.Options:
    """Returns options without autotuning, whose thread can delay the end of an epoch by seconds."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return options
