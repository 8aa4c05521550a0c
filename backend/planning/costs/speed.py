"""Estimates by the speed of the fastest device alone, until a worker has measured the other costs of a training."""

from dataclasses import dataclass, replace

from backend.network import Network
from backend.planning.costs.training_costs import PASSES
from backend.planning.image_counts import Images
from backend.spec import BackbonePart, RunSpec
from backend.workers import WorkerRead, alive_slots


@dataclass(frozen=True)
class EpochTime:
    """Seconds of one epoch. `range` holds the least and the most that is likely; None where equal runs were timed."""

    seconds: float
    range: tuple[float, float] | None

    def beside(self, load: float) -> "EpochTime":
        """Returns the estimate where `load` other processes want each processor: only its upper end grows."""
        if self.range is None:
            return self
        least, most = self.range
        return replace(self, range=(least, most * (1 + load)))


LEAST_SHARE, MOST_SHARE = 0.75, 1.25  # of the seconds that the costs of a training give; see benchmarks/estimates.py


def likely_range(seconds: float) -> tuple[float, float]:
    """Returns the least and the most that is likely where a device's costs give `seconds`."""
    return seconds * LEAST_SHARE, seconds * MOST_SHARE


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


def epoch_time_by_speed(spec: RunSpec, network: Network, images: Images, workers: list[WorkerRead]) -> EpochTime | None:
    speed = device_speed(spec, workers)
    if not speed:
        return None
    full_speed_seconds = network.multiplications * _passes(spec, images) / speed
    steps = -(-images.train // spec.batch_size)
    least, usual, most = (costs.seconds(full_speed_seconds, steps) for costs in (LEAST, USUAL, MOST))
    return EpochTime(usual, (least, most))


def feature_time_by_speed(spec: RunSpec, network: Network, images: int, workers: list[WorkerRead]) -> EpochTime | None:
    speed = device_speed(spec, workers)
    if not speed:
        return None
    full_speed_seconds = network.multiplications * images / speed
    least, usual, most = (full_speed_seconds / costs.speed_share for costs in (LEAST, USUAL, MOST))
    return EpochTime(usual, (least, most))


def device_speed(spec: RunSpec, workers: list[WorkerRead]) -> float:
    """Returns how many multiplications a second the model gets from the fastest device; 0 where none was timed yet."""
    share = spec.model.speed_share if isinstance(spec.model, BackbonePart) else 1.0
    speeds = [(slot.multiplications_per_second or {}).get(spec.precision, 0.0) for slot in alive_slots(workers)]
    return share * max(speeds, default=0.0)


def _passes(spec: RunSpec, images: Images) -> float:
    """Returns how many images pass the network in an epoch, the mean of all epochs; none in those of a head."""
    return (PASSES * images.train + images.validation) * (1 - spec.head_epochs() / spec.epochs)
