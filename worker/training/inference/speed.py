"""Measures how fast this device computes in each precision, as one line of JSON on standard output.

`python -m worker.training.inference.speed` times a few steps of a small VGG-like network. `seconds` are those of one
step by precision; `multiplications_per_second` counts forward and backward passes, to estimate other networks.
"""

import json
import time
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from worker.lifeline import end_with_parent
from worker.training import machine

PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
BATCH, SIDE, CLASSES = 32, 32, 10
FILTERS = (32, 32, 64)
PASSES = 3  # forward, and backward to the weights and to the images
ROUNDS = 3
MAX_SECONDS = 0.4  # no round begins later: a precision without processor instructions takes seconds a step


def main() -> None:
    end_with_parent()
    seconds = {precision: step_seconds(precision) for precision in PRECISIONS}
    work = PASSES * BATCH * multiplications()
    result = {
        "device": machine.device(),
        "seconds": {precision: round(value, 5) for precision, value in seconds.items()},
        "multiplications_per_second": {precision: round(work / value) for precision, value in seconds.items()},
    }
    print(json.dumps(result), flush=True)


def multiplications() -> int:
    """Returns the multiplications of one forward pass over one image: 3×3 convolutions with padding "same"."""
    channels = (3, *FILTERS)
    return sum(SIDE * SIDE * 9 * before * after for before, after in zip(channels, FILTERS, strict=False))


def step_seconds(precision: str) -> float:
    """Returns the seconds of the fastest of a few steps, without tracing."""
    step = training_step(precision)
    step()
    return min(_step_times(step))


def _step_times(step: Any) -> Iterable[float]:
    first = time.perf_counter()
    for _ in range(ROUNDS):
        started = time.perf_counter()
        step()
        yield time.perf_counter() - started
        if time.perf_counter() - first > MAX_SECONDS:
            return


def training_step(precision: str) -> Any:
    model = network(precision)
    generator = np.random.default_rng(0)
    images = tf.constant(generator.random((BATCH, SIDE, SIDE, 3), np.float32))
    labels = tf.constant(generator.integers(0, CLASSES, BATCH))
    return lambda: model.train_on_batch(images, labels)


def network(precision: str) -> keras.Model:
    layers = keras.layers
    stack: list[Any] = [keras.Input((SIDE, SIDE, 3))]
    for filters in FILTERS:
        stack.append(layers.Conv2D(filters, 3, padding="same", activation="relu", dtype=precision))
        stack.append(layers.BatchNormalization(dtype=precision))
    stack += [layers.GlobalAveragePooling2D(dtype=precision), layers.Dense(CLASSES, activation="softmax")]
    model = keras.Sequential(stack)
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    return model


if __name__ == "__main__":
    main()
