"""How fast this process' device computes in each precision: `python -m worker.training.speed` prints one JSON line.

A few steps of a small VGG-like network. `seconds` are those of one step by precision, `multiplications_per_second`
the network's own, forwards and backwards, so that it can tell of other networks.
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
PASSES = 3  # forwards, and backwards to the weights and to the images
ROUNDS = 3
ENOUGH_SECONDS = 0.4
"""After which no other round begins: without instructions for a precision, a step of it takes seconds."""


def main() -> None:
    end_with_parent()
    seconds = {precision: step_seconds(precision) for precision in PRECISIONS}
    work = PASSES * BATCH * multiplications()
    told = {
        "device": machine.device(),
        "seconds": {precision: round(value, 5) for precision, value in seconds.items()},
        "multiplications_per_second": {precision: round(work / value) for precision, value in seconds.items()},
    }
    print(json.dumps(told), flush=True)


def multiplications() -> int:
    """Of one image forwards: 3 × 3 convolutions that keep the size."""
    channels = (3, *FILTERS)
    return sum(SIDE * SIDE * 9 * before * after for before, after in zip(channels, FILTERS, strict=False))


def step_seconds(precision: str) -> float:
    """The quickest of a few steps, the tracing before them not counted."""
    step = training_step(precision)
    step()
    return min(_times(step))


def _times(step: Any) -> Iterable[float]:
    begun = time.perf_counter()
    for _ in range(ROUNDS):
        started = time.perf_counter()
        step()
        yield time.perf_counter() - started
        if time.perf_counter() - begun > ENOUGH_SECONDS:
            return


def training_step(precision: str) -> Any:
    model = network(precision)
    draw = np.random.default_rng(0)
    images = tf.constant(draw.random((BATCH, SIDE, SIDE, 3), np.float32))
    labels = tf.constant(draw.integers(0, CLASSES, BATCH))
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
