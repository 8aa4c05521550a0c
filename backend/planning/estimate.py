"""Estimates how many images a run reads in an epoch, and how many seconds an epoch takes."""

from dataclasses import dataclass
from statistics import median
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.datasets.schemas import DatasetRead
from backend.db.models import Epoch, Run
from backend.network import Impossible, Network, describe
from backend.planning.precision import AUTO, FAST, with_expected_precision, without_timing
from backend.planning.training_costs import (
    HEAD,
    PASSES,
    Work,
    decision_seconds,
    epoch_seconds,
    forward_passes,
    saving_seconds,
    start_seconds,
)
from backend.spec import BackbonePart, FromTrain, FromValidation, RunSpec
from backend.spec.data import DatasetSpec
from backend.workers import TrainingCosts, WorkerRead

UNFETCHED = {
    "digits": (1_438, 359),
    "fashion_mnist": (60_000, 10_000),
    "mnist": (60_000, 10_000),
    "cifar10": (50_000, 10_000),
    "cifar100": (50_000, 10_000),
}
"""Training and test images of built-in datasets that are not in the store yet."""

LEAST_SHARE, MOST_SHARE = 0.75, 1.25  # of the seconds that the costs of a training give; see benchmarks/estimates.py
COMPARED_RUNS = 20  # newest runs of the same cost whose network is compared
MEASURED_RUNS = 5  # newest runs of the same cost whose epochs give the measured time
MEASURED_EPOCHS = 20  # last epochs of such a run

Sizes = tuple[int, int]


@dataclass(frozen=True)
class Images:
    """The number of training and validation images of an epoch."""

    train: int
    validation: int


def images_of(spec: DatasetSpec, dataset: DatasetRead) -> Images | None:
    """Returns None where the size of the dataset is not known yet."""
    stored = sizes(dataset)
    if stored is None:
        return None
    train, test = (min(size, limit or size) for size, limit in zip(stored, limits(spec), strict=True))
    if isinstance(spec.validation, FromValidation):
        return Images(train, sum((dataset.counts or {}).get("validation", [])))
    if not isinstance(spec.validation, FromTrain):
        return Images(train, test)
    fraction = spec.validation.fraction
    validation = _validation_images(fraction, dataset) if train == stored[0] else None
    validation = validation if validation is not None else round(train * fraction)
    return Images(train - validation, validation)


def sizes(dataset: DatasetRead) -> Sizes | None:
    """Returns the numbers of stored training and test images."""
    if dataset.counts:
        return sum(dataset.counts["train"]), sum(dataset.counts["test"])
    return UNFETCHED.get(dataset.name)


def limits(spec: DatasetSpec) -> tuple[int | None, int | None]:
    return spec.train_limit, spec.test_limit


def _validation_images(fraction: float, dataset: DatasetRead) -> int | None:
    """Counts as `backend.datasets.splits` holds images back; None where the counts by class are not known."""
    if not dataset.counts:
        return None
    return sum(min(max(0, n - 1), max(1, round(n * fraction))) for n in dataset.counts["train"] if n)


@dataclass(frozen=True)
class Costs:
    """What an epoch takes: the share of a device's timed speed that a network reaches, and the time beside arithmetic.

    `saving_seconds` is for state, models and predictions at the end of an epoch.
    """

    speed_share: float
    step_seconds: float
    saving_seconds: float

    def seconds(self, full_speed_seconds: float, steps: int) -> float:
        return full_speed_seconds / self.speed_share + self.step_seconds * steps + self.saving_seconds


USUAL = Costs(speed_share=1.0, step_seconds=1e-3, saving_seconds=0.1)
LEAST = Costs(speed_share=1.25, step_seconds=0.3e-3, saving_seconds=0.05)
MOST = Costs(speed_share=0.4, step_seconds=2e-3, saving_seconds=0.2)
"""Seen on 2 to 8 cores: the network that times a device fills it better than small or unusual layers do."""


@dataclass(frozen=True)
class EpochTime:
    """Seconds of one epoch. `range` holds the least and the most that is likely; None where equal runs were timed."""

    seconds: float
    range: tuple[float, float] | None


def epoch_time(
    session: Session, spec: RunSpec, network: Network, images: Images | None, workers: list[WorkerRead]
) -> EpochTime | None:
    """Returns the median of equal runs on the same kind of device, else an estimate for the fastest device, or None."""
    spec = with_expected_precision(spec, network, workers)
    slots = [slot for worker in workers if worker.state == "alive" for slot in worker.slots]
    measured = _measured(session, spec, network, {slot.device for slot in slots})
    if measured:
        return EpochTime(median(measured), None)
    if images is None:
        return None
    if (costs := training_costs(spec, workers)) is not None:
        seconds = _by_costs(costs, spec, network, images)
        return EpochTime(seconds, (seconds * LEAST_SHARE, seconds * MOST_SHARE))
    return _by_speed(spec, network, images, workers)


def _by_costs(costs: TrainingCosts, spec: RunSpec, network: Network, images: Images) -> float:
    """Returns the mean seconds of all epochs, with their saving. Those of a head have its layers alone."""
    whole, steps = Work.of(spec, network), -(-images.train // spec.batch_size)
    passes = forward_passes(images.train, images.validation)
    share = spec.head_epochs() / spec.epochs
    slower = spec.model.speed_share if isinstance(spec.model, BackbonePart) else 1.0
    head = epoch_seconds(costs, HEAD, steps, passes) if share else 0.0
    rest = epoch_seconds(costs, whole, steps, round(passes / slower)) if share < 1 else 0.0
    return share * head + (1 - share) * rest + saving_seconds(costs, network)


def _by_speed(spec: RunSpec, network: Network, images: Images, workers: list[WorkerRead]) -> EpochTime | None:
    """Returns an estimate by the speed of the fastest device alone, where its other costs are not measured yet."""
    speed = device_speed(spec, workers)
    if not speed:
        return None
    full_speed_seconds = network.multiplications * _passes(spec, images) / speed
    steps = -(-images.train // spec.batch_size)
    least, usual, most = (costs.seconds(full_speed_seconds, steps) for costs in (LEAST, USUAL, MOST))
    return EpochTime(usual, (least, most))


def start_time(session: Session, spec: RunSpec, network: Network, workers: list[WorkerRead]) -> float | None:
    """Returns the seconds of a run beside its epochs and features; None where no worker has measured them."""
    trained = with_expected_precision(spec, network, workers)
    costs = training_costs(trained, workers)
    if costs is None:
        return None
    decides = spec.precision == AUTO and _is_timed(session, spec, trained, network, workers)
    return start_seconds(costs, network) + (decision_seconds(costs, network) if decides else 0.0)


def _is_timed(session: Session, spec: RunSpec, trained: RunSpec, network: Network, workers: list[WorkerRead]) -> bool:
    """Returns whether the run's trainer will time the network: once, where a device gains by another precision."""
    gains = training_costs(spec.model_copy(update={"precision": FAST}), workers) is not None
    if without_timing(spec, network, has_bfloat16=gains) is not None:
        return False
    devices = {slot.device for worker in workers if worker.state == "alive" for slot in worker.slots}
    return not _measured(session, trained, network, devices)


def training_costs(spec: RunSpec, workers: list[WorkerRead]) -> TrainingCosts | None:
    """Returns the costs of the device that trains convolutions fastest; None where none was measured."""
    slots = [slot for worker in workers if worker.state == "alive" for slot in worker.slots]
    by_precision = [slot.training_costs or {} for slot in slots]
    measured = [costs[spec.precision] for costs in by_precision if spec.precision in costs]
    return min(measured, key=lambda costs: costs.multiplication, default=None)


def device_speed(spec: RunSpec, workers: list[WorkerRead]) -> float:
    """Returns how many multiplications a second the model gets from the fastest device; 0 where none was timed yet."""
    slots = [slot for worker in workers if worker.state == "alive" for slot in worker.slots]
    share = spec.model.speed_share if isinstance(spec.model, BackbonePart) else 1.0
    return share * max(
        ((slot.multiplications_per_second or {}).get(spec.precision, 0.0) for slot in slots), default=0.0
    )


def _passes(spec: RunSpec, images: Images) -> float:
    """Returns how many images pass the network in an epoch, the mean of all epochs; none in those of a head."""
    return (PASSES * images.train + images.validation) * (1 - spec.head_epochs() / spec.epochs)


def _measured(session: Session, spec: RunSpec, network: Network, devices: set[str]) -> list[float]:
    """Returns the seconds of an epoch of the newest equal runs, with the time for saving it."""
    rows = session.execute(
        select(Run.id, Run.spec, Run.precision, Run.machine)
        .where(Run.status == "finished", Run.dataset == spec.dataset.name, Run.parameters == network.parameters)
        .order_by(Run.created_at.desc())
        .limit(COMPARED_RUNS)
    )
    equal = [
        run_id
        for run_id, run_spec, decided, machine in rows
        if any(device in (machine or "") for device in devices)
        and _costs_the_same(spec, network, run_spec | ({"precision": decided} if decided else {}))
    ]
    seconds = (_epoch_seconds(session, run_id) for run_id in equal[:MEASURED_RUNS])
    return [value + USUAL.saving_seconds for value in seconds if value]


def _epoch_seconds(session: Session, run_id: str) -> float | None:
    """Returns the median of a run's last epochs: the first one includes what TensorFlow does once."""
    last = select(Epoch.metrics).where(Epoch.run_id == run_id).order_by(Epoch.epoch.desc()).limit(MEASURED_EPOCHS)
    seconds = [metrics["seconds"] for metrics in session.scalars(last) if metrics.get("seconds")]
    return median(seconds) if seconds else None


def _costs_the_same(spec: RunSpec, network: Network, other: dict[str, Any]) -> bool:
    """Returns whether a stored spec has the same data, batches and layers, whichever way its model is written."""
    own = spec.as_json()
    if any(own.get(part) != other.get(part) for part in ("dataset", "batch_size", "precision", "augmentation")):
        return False
    if own["model"] == other["model"]:
        return True
    try:
        model = RunSpec.model_validate(other).model
        other_network = describe(model, network.image_shape, network.layers[-1].output_shape[-1])
    except (ValidationError, Impossible):
        return False  # written by a version that allowed more
    return _layers(network) == _layers(other_network)


def _layers(network: Network) -> list[tuple[str, list[int], dict[str, Any]]]:
    """Returns what a network computes, without the names of its layers."""
    return [
        (layer.class_name, layer.output_shape, {key: value for key, value in layer.config.items() if key != "name"})
        for layer in network.layers
    ]
