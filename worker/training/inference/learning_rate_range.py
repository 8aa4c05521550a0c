"""The learning-rate range test (Smith 2017): 100 steps at growing rates, and the loss of each."""

import time
from collections.abc import Callable, Iterator
from itertools import chain, count, islice
from typing import Any

import keras
import numpy as np

from backend.datasets.store import StoredDataset
from backend.phrases import rough_seconds
from backend.spec import RunSpec
from worker.training import compiling, networks
from worker.training.data.inputs import TrainingInputs
from worker.training.data.training_data import TrainingData
from worker.training.errors import TrainingError

STEPS = 100
TIMED_STEPS = 3  # after the first one, which traces the graph
RATES = {"sgd": (1e-5, 10.0)}
USUAL_RATES = (1e-6, 1.0)
MAX_RISE = 4.0  # the test ends at a loss of so many times the lowest: higher rates only diverge further

Step = Callable[[float], float]


def range_test(spec: RunSpec, dataset: StoredDataset, max_seconds: float) -> dict[str, list[float]]:
    """Trains a new network of `spec` and returns `learning_rates` and the `losses` of their batches.

    Raises:
        TrainingError: the network is too slow for `max_seconds`, or can't be trained on the dataset.
    """
    deadline = time.monotonic() + max_seconds
    low, high = RATES.get(spec.optimizer.name, USUAL_RATES)
    rates = [float(rate) for rate in np.geomspace(low, high, STEPS)]
    losses = list(_losses(_step_of(spec, dataset), rates, deadline, max_seconds))
    return {"learning_rates": rates[: len(losses)], "losses": losses}


def _losses(step: Step, rates: list[float], deadline: float, max_seconds: float) -> Iterator[float]:
    """Yields finite losses until one is far above the lowest."""
    lowest, started = np.inf, time.monotonic()
    for number, rate in enumerate(rates):
        loss = step(rate)
        if not np.isfinite(loss) or loss > MAX_RISE * lowest:
            return
        lowest = min(lowest, loss)
        yield loss
        if number == 0:
            started = time.monotonic()
        if number == TIMED_STEPS or time.monotonic() > deadline:
            _check_time((time.monotonic() - started) / max(1, number), number, deadline, max_seconds)


def _check_time(step_seconds: float, number: int, deadline: float, max_seconds: float) -> None:
    left = (STEPS - number - 1) * step_seconds
    if time.monotonic() + left <= deadline:
        return
    raise TrainingError(
        title="Too slow for a range test",
        detail=f"A step of this network takes {rough_seconds(step_seconds)} here, {STEPS} steps take "
        f"{rough_seconds(STEPS * step_seconds)}, and the test may take {max_seconds:g} s.",
        hint="Use smaller batches or a smaller network for the test, or launch short runs with a few learning rates.",
    )


def _step_of(spec: RunSpec, dataset: StoredDataset) -> Step:
    """Returns a function that trains one batch at a rate and returns its loss before the step."""
    spec = _with_few_images(spec)
    shape, classes = dataset.manifest.image_shape, len(dataset.manifest.classes)
    inputs = TrainingInputs.load(dataset, spec)
    keras.utils.set_random_seed(spec.seed)
    model = networks.build(spec.model, shape, classes, spec.precision)
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
