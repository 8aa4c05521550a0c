"""Measures how fast this device computes in each precision, as one line of JSON on standard output.

`python -m worker.training.inference.speed` times a few steps of a small VGG-like network. `seconds` are those of one
step by precision; `multiplications_per_second` counts forward and backward passes, to estimate other networks.
"""

import json
import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from worker.process.lifeline import end_with_parent
from worker.training import machine

PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
BATCH, SIDE, CLASSES = 32, 32, 10
FILTERS = (32, 32, 64)
PASSES = 3  # forward, and backward to the weights and to the images
ROUNDS = 8
MAX_SECONDS = 0.4  # no more steps of a precision then: one without processor instructions takes seconds


def main() -> None:
    end_with_parent()
    seconds = step_seconds()
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


def step_seconds() -> dict[str, float]:
    """Returns the seconds of the fastest of some steps of each precision, in turn, so that a busy moment does not fall
    on one alone. Tracing is left out.
    """
    steps = {precision: training_step(precision) for precision in PRECISIONS}
    for step in steps.values():
        step()
    times: dict[str, list[float]] = {precision: [] for precision in PRECISIONS}
    for _ in range(ROUNDS):
        for precision, step in steps.items():
            if sum(times[precision]) < MAX_SECONDS:
                started = time.perf_counter()
                step()
                times[precision].append(time.perf_counter() - started)
    return {precision: min(values) for precision, values in times.items()}


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
