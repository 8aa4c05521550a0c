"""Times a step of one network in two precisions: `python -m worker.training.inference.step_times` reads a request as
JSON from standard input (spec, image shape, classes) and writes the seconds by precision as the last line of JSON.

It is a process of its own, so that nothing of it is left in the trainer that asks: no memory, and no drawn number.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from backend.planning.costs.precision import FAST, FULL, is_close
from backend.spec import RunSpec
from worker.process.lifeline import end_with_parent
from worker.training import compiling, machine, networks

ROUNDS, CLOSE_ROUNDS = 3, 12  # of a clear gain, and of one that is close to what is required
MAX_SECONDS, MAX_CLOSE_SECONDS = 4.0, 10.0  # no round begins later

Step = Callable[[], object]


def main() -> None:
    end_with_parent()
    request = json.loads(sys.stdin.read())
    spec, shape, classes = RunSpec.model_validate(request["spec"]), request["image_shape"], request["classes"]
    machine.configure(spec.seed, small=False)
    steps: dict[str, Step] = {name: step(spec, name, shape, classes) for name in (FULL, FAST)}
    print(json.dumps({name: min(times) for name, times in alternating(steps).items()}), flush=True)


def alternating(steps: dict[str, Step]) -> dict[str, list[float]]:
    """Returns the seconds of some steps of each, in turn, so that a busy moment does not fall on one alone."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    first = time.perf_counter()
    while _needs_another(times, time.perf_counter() - first):
        for name, run in steps.items():
            started = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - started)
    return times


def _needs_another(times: Mapping[str, Sequence[float]], seconds: float) -> bool:
    rounds = len(times[FAST])
    if not rounds:
        return True
    if is_close({name: min(values) for name, values in times.items()}):
        return rounds < CLOSE_ROUNDS and seconds < MAX_CLOSE_SECONDS
    return rounds < ROUNDS and seconds < MAX_SECONDS


def step(spec: RunSpec, precision: str, image_shape: Sequence[int], classes: int) -> Step:
    """Returns what trains one batch. Its first call, which traces it, is done."""
    model = networks.build(spec.model, image_shape, classes, precision)
    compiling.compile_model(model, spec.model_copy(update={"precision": precision}))
    generator = np.random.default_rng(0)
    images = generator.random((spec.batch_size, *image_shape), np.float32)
    labels = compiling.targets(generator.integers(0, classes, spec.batch_size), spec.loss, classes)
    model.train_on_batch(images, labels)
    return lambda: model.train_on_batch(images, labels)


if __name__ == "__main__":
    main()
