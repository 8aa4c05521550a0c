"""How a loss moves over the epochs."""

import numpy as np

from backend.diagnosis.case import Column


def undone(loss: Column) -> float:
    """Returns the share of all falls that rises took back: 0 for a loss that only falls, about 1 for one that stays."""
    steps = np.diff(loss)
    falls, rises = -steps[steps < 0].sum(), steps[steps > 0].sum()
    return float(rises / falls) if falls else float(rises > 0)


def recent_fall(loss: Column, epochs: int) -> tuple[float, float]:
    """Returns the fall over the last `epochs`: as a share of the loss before, and of the fall from the first epoch."""
    before, last = float(loss[-1 - epochs]), float(loss[-1])
    total = float(loss[0]) - last
    return (before - last) / before if before else 0.0, (before - last) / total if total > 0 else 0.0


def still_falls(loss: Column, epochs: int, least: float, least_of_total: float) -> bool:
    """Whether the last `epochs` brought at least that share of the loss, or that share of the whole fall."""
    of_loss, of_total = recent_fall(loss, epochs)
    return of_loss >= least or (of_loss > 0 and of_total >= least_of_total)
