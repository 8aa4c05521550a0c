"""The learning-rate range test (Smith 2017): 100 steps at growing rates, and the loss of each."""

import time
from collections.abc import Callable, Iterator
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

import keras
import numpy as np

from backend.datasets.store import StoredDataset
from backend.phrases import rough_seconds
from backend.planning.costs.precision import undecided_as_full
from backend.planning.learning_rate_range import STEPS
from backend.spec import RunSpec
from worker.training import compiling, networks
from worker.training.data.inputs import TrainingInputs
from worker.training.data.training_data import TrainingData
from worker.training.errors import TrainingError
from worker.training.initial_weights import take_weights

TIMED_STEPS = 3  # after the first one, which traces the graph
RATES = {"sgd": (1e-5, 10.0)}
USUAL_RATES = (1e-6, 1.0)
MAX_RISE = 4.0  # the test ends at a loss of so many times the lowest: higher rates only diverge further

Step = Callable[[float], float]


def range_test(
    spec: RunSpec, dataset: StoredDataset, max_seconds: float, initial: Path | None = None
) -> dict[str, list[float]]:
    """Trains a network of `spec` and returns `learning_rates` and the `losses` of their batches. It begins with the
    weights of the model in `initial`, or with random ones.

    Raises:
        TrainingError: the network is too slow for `max_seconds`, can't be trained on the dataset, or `initial` does not
            fit.
    """
    low, high = RATES.get(spec.optimizer.name, USUAL_RATES)
    rates = [float(rate) for rate in np.geomspace(low, high, STEPS)]
    losses = list(_losses(_step_of(spec, dataset, initial), rates, time.monotonic() + max_seconds))
    return {"learning_rates": rates[: len(losses)], "losses": losses}


def _losses(step: Step, rates: list[float], deadline: float) -> Iterator[float]:
    """Yields finite losses until one is far above the lowest. Only the first step traces the graph."""
    lowest, started = np.inf, time.monotonic()
    for number, rate in enumerate(rates):
        loss = step(rate)
        if not np.isfinite(loss) or loss > MAX_RISE * lowest:
            return
        lowest = min(lowest, loss)
        yield loss
        now = time.monotonic()
        step_seconds = (now - started) / max(1, number)
        if now > deadline or (1 <= number <= TIMED_STEPS and now + step_seconds * (STEPS - number) > deadline):
            raise _too_slow(step_seconds)
        started = now if number == 0 else started


def _too_slow(step_seconds: float) -> TrainingError:
    seconds, total = rough_seconds(step_seconds), rough_seconds(STEPS * step_seconds)
    return TrainingError(
        title="Too slow for a range test",
        detail=f"A step of this network takes {seconds} here, so {STEPS} steps take {total}: too long for a test.",
        hint="Use smaller batches or a smaller network for the test, or launch short runs with a few learning rates.",
    )


def _step_of(spec: RunSpec, dataset: StoredDataset, initial: Path | None) -> Step:
    """Returns a function that trains one batch at a rate and returns its loss before the step."""
    spec = undecided_as_full(_with_few_images(spec))
    shape, classes = dataset.manifest.image_shape, len(dataset.manifest.classes)
    inputs = TrainingInputs.load(dataset, spec)
    keras.utils.set_random_seed(spec.seed)
    model = networks.build(spec.model, shape, classes, spec.precision)
    if initial is not None:
        take_weights(model, initial)
    compiling.compile_model(model, spec)
    data = TrainingData(inputs, spec)
    batches = islice(chain.from_iterable(data.epoch(epoch) for epoch in count(1)), STEPS)
    return lambda rate: _train_batch(model, next(batches), rate)


def _train_batch(model: keras.Model, batch: tuple[Any, ...], rate: float) -> float:
    model.optimizer.learning_rate = rate
    model.reset_metrics()
    return float(model.train_on_batch(*batch, return_dict=True)["loss"])


def _with_few_images(spec: RunSpec) -> RunSpec:
    """Limits the images to twice what the steps read, so that little is held in memory."""
    limit = min(spec.dataset.train_limit or STEPS * spec.batch_size * 2, STEPS * spec.batch_size * 2)
    return spec.model_copy(update={"dataset": spec.dataset.model_copy(update={"train_limit": limit})})
