"""Estimates how many seconds an epoch of a run takes, and the run beside its epochs."""

from statistics import median

from sqlalchemy.orm import Session

from backend.network import Network
from backend.planning.costs.history import measured_epochs
from backend.planning.costs.precision import AUTO, FAST, with_expected_precision, without_timing
from backend.planning.costs.speed import EpochTime, epoch_time_by_speed
from backend.planning.costs.training_costs import (
    HEAD,
    Work,
    decision_seconds,
    epoch_seconds,
    forward_passes,
    saving_seconds,
    start_seconds,
)
from backend.planning.image_counts import Images
from backend.spec import BackbonePart, RunSpec
from backend.workers import TrainingCosts, WorkerRead, alive_slots

LEAST_SHARE, MOST_SHARE = 0.75, 1.25  # of the seconds that the costs of a training give; see benchmarks/estimates.py


def epoch_time(
    session: Session, spec: RunSpec, network: Network, images: Images | None, workers: list[WorkerRead]
) -> EpochTime | None:
    """Returns the median of equal runs on the same kind of device, else an estimate for the fastest device, or None."""
    spec = with_expected_precision(spec, network, workers)
    measured = measured_epochs(session, spec, network, {slot.device for slot in alive_slots(workers)})
    if measured:
        return EpochTime(median(measured), None)
    if images is None:
        return None
    if (costs := training_costs(spec, workers)) is not None:
        seconds = _by_costs(costs, spec, network, images)
        return EpochTime(seconds, (seconds * LEAST_SHARE, seconds * MOST_SHARE))
    return epoch_time_by_speed(spec, network, images, workers)


def _by_costs(costs: TrainingCosts, spec: RunSpec, network: Network, images: Images) -> float:
    """Returns the mean seconds of all epochs, with their saving. Those of a head have its layers alone."""
    whole, steps = Work.of(spec, network), -(-images.train // spec.batch_size)
    passes = forward_passes(images.train, images.validation)
    share = spec.head_epochs() / spec.epochs
    slower = spec.model.speed_share if isinstance(spec.model, BackbonePart) else 1.0
    head = epoch_seconds(costs, HEAD, steps, passes) if share else 0.0
    rest = epoch_seconds(costs, whole, steps, round(passes / slower)) if share < 1 else 0.0
    return share * head + (1 - share) * rest + saving_seconds(costs, network)


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
    return not measured_epochs(session, trained, network, {slot.device for slot in alive_slots(workers)})


def training_costs(spec: RunSpec, workers: list[WorkerRead]) -> TrainingCosts | None:
    """Returns the costs of the device that trains convolutions fastest; None where none was measured."""
    by_precision = [slot.training_costs or {} for slot in alive_slots(workers)]
    measured = [costs[spec.precision] for costs in by_precision if spec.precision in costs]
    return min(measured, key=lambda costs: costs.multiplication, default=None)
