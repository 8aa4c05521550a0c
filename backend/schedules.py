"""How the learning rate goes over the epochs: one rate an epoch, so that a run that goes on needs no memory of it."""

import math

from backend.spec import Cosine, Exponential, Schedule, Step


def learning_rate(base: float, schedule: Schedule | None, epoch: int, epochs: int) -> float:
    """The rate of `epoch` (from 1) of `epochs`.

    The warm-up rises evenly: after w epochs, in epoch w + 1, the rate is `base` for the first time, and the rest of
    the schedule begins there.
    """
    if schedule is None:
        return base
    warm = schedule.warmup_epochs
    if epoch <= warm:
        return base * epoch / (warm + 1)
    return base * _share(schedule, epoch - warm - 1, epochs - warm)


def learning_rates(base: float, schedule: Schedule | None, epochs: int) -> list[float]:
    """The rates of all epochs."""
    return [learning_rate(base, schedule, epoch, epochs) for epoch in range(1, epochs + 1)]


def _share(schedule: Schedule, done: int, of: int) -> float:
    """What is left of the rate after `done` of `of` epochs since the warm-up."""
    if isinstance(schedule, Step):
        return schedule.factor ** (done // schedule.every)
    if isinstance(schedule, Exponential):
        return schedule.decay_rate**done
    if isinstance(schedule, Cosine):
        half = (1 + math.cos(math.pi * done / max(1, of - 1))) / 2
        return schedule.alpha + (1 - schedule.alpha) * half
    return 1.0
