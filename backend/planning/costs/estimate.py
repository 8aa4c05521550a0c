"""Estimates how many seconds an epoch of a run takes, and the run beside its epochs."""

from statistics import median

from sqlalchemy.orm import Session

from backend.network import Network
from backend.planning.costs.history import measured_epochs, was_timed
from backend.planning.costs.precision import AUTO, FAST, with_expected_precision, without_timing
from backend.planning.costs.run_costs import RunCosts
from backend.planning.costs.speed import EpochTime, epoch_time_by_speed, likely_range
from backend.planning.image_counts import Images
from backend.spec import RunSpec
from backend.workers import WorkerRead, alive_slots, fastest_costs, has_gpu, other_load


def epoch_time(
    session: Session, spec: RunSpec, network: Network, images: Images | None, workers: list[WorkerRead]
) -> EpochTime | None:
    """Returns the median of equal runs on the same kind of device, else an estimate for the fastest device, or None."""
    spec = with_expected_precision(spec, network, workers)
    measured = measured_epochs(session, spec, network, images, {slot.device for slot in alive_slots(workers)})
    if measured:
        return EpochTime(median(measured), None)
    if images is None:
        return None
    estimate = _estimated(spec, network, images, workers)
    return estimate.beside(other_load(workers)) if estimate else None


def _estimated(spec: RunSpec, network: Network, images: Images, workers: list[WorkerRead]) -> EpochTime | None:
    """Returns the seconds of an epoch on a quiet machine."""
    if (costs := fastest_costs(workers, spec.precision)) is not None:
        seconds = RunCosts(costs, spec, network).epoch(images)
        return EpochTime(seconds, likely_range(seconds))
    return epoch_time_by_speed(spec, network, images, workers)


def start_time(session: Session, spec: RunSpec, network: Network, workers: list[WorkerRead]) -> float | None:
    """Returns the seconds of a run beside its epochs and features; None where no worker has measured them."""
    trained = with_expected_precision(spec, network, workers)
    costs = fastest_costs(workers, trained.precision)
    if costs is None:
        return None
    decides = spec.precision == AUTO and _is_timed(session, spec, network, workers)
    run = RunCosts(costs, trained, network)
    return run.start() + (run.decision() if decides else 0.0)


def _is_timed(session: Session, spec: RunSpec, network: Network, workers: list[WorkerRead]) -> bool:
    """Returns whether the run's trainer will time the network: once, where a device gains by another precision."""
    gains = fastest_costs(workers, FAST) is not None
    if without_timing(spec, network, has_bfloat16=gains, on_gpu=has_gpu(workers)) is not None:
        return False
    return not was_timed(session, spec, network, {slot.device for slot in alive_slots(workers)})
