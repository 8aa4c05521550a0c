"""How a network is run: batches between two looks at it, images in one forward pass, threads.

All of it is decided by the spec alone, before TensorFlow starts, so that a resumed run gets the same.
"""

import math
from dataclasses import dataclass

from backend.spec import RunSpec
from worker.training import networks

CALM_SECONDS = 0.2  # between two looks; progress is told at most 5 times a second
STEP_SECONDS = 1e-3  # what a step costs on two cores beside its arithmetic
MULTIPLICATIONS_PER_SECOND = 25e9  # of a slow pair of cores, so that the looks come early rather than late
PASSES = 3  # forwards, and backwards to the weights and to the images

SMALL_STEP = 200e6  # multiplications in a step that more threads would only slow down

FORWARD_IMAGES = 1_000
FORWARD_VALUES = 64_000_000  # in the largest layer, 256 MB as float32


@dataclass(frozen=True)
class Pace:
    steps: int
    """Batches in one call of TensorFlow, `steps_per_execution`."""
    forward_images: int
    """Images in one forward pass of the validation."""
    small: bool
    """True where threads inside an operation cost more than they give."""


def choose(spec: RunSpec, image_shape: list[int], classes: int) -> Pace:
    options = spec.model.options
    each = networks.multiplications(options, image_shape, classes)
    seconds = STEP_SECONDS + PASSES * each * spec.batch_size / MULTIPLICATIONS_PER_SECOND
    shapes = networks.sides(options, image_shape)
    layers = zip([image_shape[2], *options.filters], shapes, strict=True)
    widest = max([channels * height * width for channels, (height, width) in layers] + options.dense_units)
    return Pace(
        steps=max(1, math.floor(CALM_SECONDS / seconds)),
        forward_images=max(1, min(FORWARD_IMAGES, FORWARD_VALUES // widest)),
        small=each * spec.batch_size < SMALL_STEP,
    )
