"""Overfitting: validation loss rises while the loss of the training images falls."""

from dataclasses import dataclass

import numpy as np

from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding, NextRun
from backend.diagnosis.noise import MANY, loss_error

MIN_EPOCHS = 3  # since the lowest validation loss: a rise over fewer may be chance
LAST_SHARE = 5  # the last fifth of the epochs since then says where a loss is: a spike is shorter
MIN_RISE = 0.05  # of the lowest validation loss
MIN_FALL = 0.02  # of the training loss
LASTING = 50  # epochs since the lowest validation loss: only a trend stays above it for so long
LASTING_RISE = 0.2  # of the lowest validation loss


@dataclass(frozen=True)
class Rise:
    """The losses at the lowest validation loss, `since` epochs ago, and at the end, as medians of the last epochs.

    `window` is the number of epochs of the median of the validation loss.
    """

    best: int
    since: int
    window: int
    lowest: float
    last: float
    train_before: float
    train_last: float


def overfitting(case: Case) -> Finding | None:
    """Silent after early stopping, which ended the training for this reason."""
    if not case.is_finite or case.ended_by == "early_stopping":
        return None
    rise = _rise(case)
    error = _error(case, rise)
    if rise.since < MIN_EPOCHS or error is None or rise.train_last > rise.train_before * (1 - MIN_FALL):
        return None
    above = int((case.val_loss[rise.best + 1 :] > rise.lowest + error).sum())
    return Finding(
        kind="overfitting",
        title=f"Overfits from epoch {case.epochs[rise.best]}",
        since_epoch=case.epochs[rise.best],
        reasons=_reasons(case, rise, error, above),
        evidence={
            "lowest_val_loss": rise.lowest,
            "last_val_loss": rise.last,
            "train_loss_then": rise.train_before,
            "last_train_loss": rise.train_last,
            "val_loss_error": error,
            "epochs_since": rise.since,
            "epochs_above": above,
        },
        next=remedies.offered(case.spec, _candidates(case)),
    )


def _rise(case: Case) -> Rise:
    best = int(case.val_loss.argmin())
    since = len(case.epochs) - 1 - best
    recent = since // LAST_SHARE
    window = max(MIN_EPOCHS, recent)
    return Rise(
        best=best,
        since=since,
        window=window,
        lowest=float(case.val_loss[best]),
        last=float(np.median(case.val_loss[-window:])),
        train_before=float(case.train_loss[best]),
        train_last=float(np.median(case.train_loss[-max(1, recent) :])),
    )


def _error(case: Case, rise: Rise) -> float | None:
    """Returns the standard error of a rise that is more than chance; None for one that is not.

    A rise counts that the error of a loss on other images does not explain. One that lasts is a trend: then its own
    error is enough, which is smaller because both losses are those of the same images.
    """
    height, error = rise.last - rise.lowest, case.val_loss_error(rise.best)
    if height > max(MIN_RISE * rise.lowest, MANY * error):
        return error
    own_error = loss_error(max(height, 0.0), float(case.val_accuracy[rise.best]), case.validation_images)
    is_lasting = rise.since >= LASTING and height > max(LASTING_RISE * rise.lowest, MANY * own_error)
    return own_error if is_lasting else None


def _reasons(case: Case, rise: Rise, error: float, above: int) -> list[str]:
    measured = "measured without dropout on a fixed part" if case.is_train_evaluated else "a mean over each epoch"
    return [
        f"Validation loss rose from {rise.lowest:.3g} to {rise.last:.3g}, the median of the last {rise.window} epochs; "
        f"it was higher in {above} of the {rise.since} epochs since.",
        f"Training loss kept falling, from {rise.train_before:.3g} to {rise.train_last:.3g} ({measured}).",
        f"On these {case.validation_images:,} images the rise is known to ± {error:.2g}, so this is not chance.",
    ]


def _candidates(case: Case) -> tuple[NextRun | None, ...]:
    spec = case.spec
    return (
        remedies.augmentation(spec),
        remedies.dropout(spec),
        remedies.early_stopping(spec),
        remedies.l2_penalty(spec),
    )
