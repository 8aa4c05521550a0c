"""How a network is run: batches in one TensorFlow call, images in one forward pass, threads.

The plan depends on the spec alone, and is made before TensorFlow starts, so that a resumed run and train.py share it.
"""

import math
from dataclasses import dataclass, replace

from backend.network import Network
from backend.spec import RunSpec

CALLBACK_INTERVAL_SECONDS = 0.2  # how long one TensorFlow call should take: progress is sent at most 5 times a second
STEP_SECONDS = 1e-3  # of a training step beside its arithmetic, measured on 2 cores
MULTIPLICATIONS_PER_SECOND = 25e9  # of 2 slow cores, so that calls end rather too early than too late
PASSES_PER_STEP = 3  # forward, and backward to the weights and to the images

SMALL_STEP_MULTIPLICATIONS = 200e6  # below this, intra-op threads cost more than they save (measured on 2 cores)
SMALL_INTRA_THREADS, SMALL_INTER_THREADS = 1, 2

MAX_IMAGES_PER_PASS = 1_000
MAX_VALUES_PER_PASS = 64_000_000  # in the output of the largest layer: 256 MB as float32


@dataclass(frozen=True)
class ExecutionPlan:
    """`small`: use SMALL_INTRA_THREADS and SMALL_INTER_THREADS instead of TensorFlow's own numbers of threads."""

    steps_per_execution: int
    images_per_pass: int
    small: bool


def choose_execution(spec: RunSpec, network: Network) -> ExecutionPlan:
    step = network.multiplications * spec.batch_size
    seconds = STEP_SECONDS + PASSES_PER_STEP * step / MULTIPLICATIONS_PER_SECOND
    return ExecutionPlan(
        steps_per_execution=max(1, math.floor(CALLBACK_INTERVAL_SECONDS / seconds)),
        images_per_pass=max(1, min(MAX_IMAGES_PER_PASS, MAX_VALUES_PER_PASS // network.largest)),
        small=step < SMALL_STEP_MULTIPLICATIONS,
    )


def for_head(plan: ExecutionPlan) -> ExecutionPlan:
    """Returns the plan for the few layers after a backbone, whose arithmetic takes no time beside that of the steps."""
    steps = math.floor(CALLBACK_INTERVAL_SECONDS / STEP_SECONDS)
    return replace(plan, steps_per_execution=steps, images_per_pass=MAX_IMAGES_PER_PASS)
