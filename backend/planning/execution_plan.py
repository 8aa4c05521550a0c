"""How a network is run: batches between two looks at it, images in one forward pass, threads.

All of it is decided by the spec alone, before TensorFlow starts, so that a resumed run gets the same.
"""

import math
from dataclasses import dataclass

from backend.network import Network
from backend.spec import RunSpec

CALM_SECONDS = 0.2  # between two looks; progress is told at most 5 times a second
STEP_SECONDS = 1e-3  # what a step costs on two cores beside its arithmetic
MULTIPLICATIONS_PER_SECOND = 25e9  # of a slow pair of cores, so that the looks come early rather than late
PASSES = 3  # forwards, and backwards to the weights and to the images

SMALL_STEP = 200e6  # multiplications in a step that more threads would only slow down

FORWARD_IMAGES = 1_000
FORWARD_VALUES = 64_000_000  # in the largest layer, 256 MB as float32


@dataclass(frozen=True)
class ExecutionPlan:
    steps: int
    """Batches in one call of TensorFlow, `steps_per_execution`."""
    forward_images: int
    """Images in one forward pass of the validation."""
    small: bool
    """True where threads inside an operation cost more than they give."""


def choose_execution(spec: RunSpec, network: Network) -> ExecutionPlan:
    step = network.multiplications * spec.batch_size
    seconds = STEP_SECONDS + PASSES * step / MULTIPLICATIONS_PER_SECOND
    return ExecutionPlan(
        steps=max(1, math.floor(CALM_SECONDS / seconds)),
        forward_images=max(1, min(FORWARD_IMAGES, FORWARD_VALUES // network.largest)),
        small=step < SMALL_STEP,
    )
