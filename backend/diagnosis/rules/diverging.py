"""Diverging: the training loss became NaN, or rises instead of falling."""

import numpy as np

from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding, NextRun

MIN_RISE = 1.5  # the last training loss over the lowest
MIN_ABOVE_CHANCE = 1.05  # a loss below that of a network that knows nothing is noise, or overfitting


def diverging(case: Case) -> Finding | None:
    loss = case.column("loss")
    finite = np.isfinite(loss)
    if not finite.all():
        return _nan(case, int(finite.argmin()))
    lowest = int(loss.argmin())
    last = float(loss[-1])
    if last < MIN_RISE * loss[lowest] or last < MIN_ABOVE_CHANCE * case.chance_loss or loss[-2:].argmax() == 0:
        return None
    return Finding(
        kind="diverging",
        title=f"Diverges from epoch {case.epochs[lowest]}",
        since_epoch=case.epochs[lowest],
        reasons=[
            f"Training loss rose from {loss[lowest]:.3g} to {last:.3g}.",
            f"Equal probabilities for all {len(case.classes)} classes would have a loss of {case.chance_loss:.3g}.",
        ],
        evidence={"lowest_loss": float(loss[lowest]), "last_loss": last, "chance_loss": case.chance_loss},
        next=_next(case),
    )


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
