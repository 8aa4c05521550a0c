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
    if schedule.warmup_epochs and epoch <= schedule.warmup_epochs:
        return base * epoch / (schedule.warmup_epochs + 1)
    done = epoch - 1 - schedule.warmup_epochs
    if isinstance(schedule, Step):
        return base * schedule.factor ** (done // schedule.every)
    if isinstance(schedule, Exponential):
        return base * schedule.decay_rate**done
    if isinstance(schedule, Cosine):
        last = max(1, epochs - 1 - schedule.warmup_epochs)
        half = (1 + math.cos(math.pi * done / last)) / 2
        return base * (schedule.alpha + (1 - schedule.alpha) * half)
    return base


def learning_rates(base: float, schedule: Schedule | None, epochs: int) -> list[float]:
    """The rates of all epochs."""
    return [learning_rate(base, schedule, epoch, epochs) for epoch in range(1, epochs + 1)]
