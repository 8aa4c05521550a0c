"""Diverging: the training loss became NaN, or rises instead of falling."""

import numpy as np

from backend.diagnosis import remedies
from backend.diagnosis.case import Case, Column
from backend.diagnosis.finding import Finding, NextRun

MIN_EPOCHS = 3  # since the lowest training loss: a spike is shorter
LAST_SHARE = 5  # the last fifth of the epochs since then says where a loss is
MIN_RISE = 1.5  # of the lowest training loss
MIN_ABOVE_CHANCE = 1.05  # a loss below that of a network that knows nothing is noise, or overfitting
MAX_FALL = 0.8  # of the loss after the rise: one that has fallen further is coming back


def diverging(case: Case) -> Finding | None:
    """Judges by medians, so that a single epoch decides nothing. Silent where the loss comes back after its rise."""
    loss = case.column("loss")
    finite = np.isfinite(loss)
    return _rising(case, loss) if finite.all() else _nan(case, int(finite.argmin()))


def _rising(case: Case, loss: Column) -> Finding | None:
    lowest = int(loss.argmin())
    since = len(loss) - 1 - lowest
    window = max(MIN_EPOCHS, since // LAST_SHARE)
    if since < MIN_EPOCHS or not _is_high(case, loss, lowest, window):
        return None
    last = float(np.median(loss[-window:]))
    return Finding(
        kind="diverging",
        title=f"Diverges from epoch {case.epochs[lowest]}",
        since_epoch=case.epochs[lowest],
        reasons=[
            f"Training loss rose from {loss[lowest]:.3g} to {last:.3g}, the median of the last {window} epochs.",
            f"Equal probabilities for all {len(case.classes)} classes would have a loss of {case.chance_loss:.3g}.",
        ],
        evidence={"lowest_loss": float(loss[lowest]), "last_loss": last, "chance_loss": case.chance_loss},
        next=_next(case),
    )


def _is_high(case: Case, loss: Column, lowest: int, window: int) -> bool:
    """Whether the last loss is far above the lowest and that of chance, and not far below what the rise came to."""
    last = float(np.median(loss[-window:]))
    risen = float(np.median(loss[lowest + 1 : max(lowest + 2, len(loss) - window)]))
    return last >= max(MIN_RISE * float(loss[lowest]), MIN_ABOVE_CHANCE * case.chance_loss, MAX_FALL * risen)


def _nan(case: Case, index: int) -> Finding:
    epoch = case.epochs[index]
    before = f", after {case.column('loss')[index - 1]:.3g} in the epoch before" if index else ""
    return Finding(
        kind="diverging",
        title=f"Loss became NaN in epoch {epoch}",
        since_epoch=epoch,
        reasons=[f"The training loss of epoch {epoch} is NaN or infinite{before}."],
        evidence={"epoch": epoch},
        next=_next(case),
    )


def _next(case: Case) -> list[NextRun]:
    spec = case.spec
    candidates = (
        remedies.scaling(spec),
        remedies.learning_rate(spec, 0.1),
        remedies.gradient_clipping(spec),
        remedies.learning_rate(spec, 0.3),
    )
    return remedies.offered(spec, candidates)
