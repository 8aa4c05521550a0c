"""Overfitting: validation loss rises while the loss of the training images falls."""

import numpy as np

from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding
from backend.diagnosis.noise import MANY, loss_error

MIN_EPOCHS = 3  # since the lowest validation loss: a rise over fewer may be chance
LAST_SHARE = 5  # the last fifth of the epochs since then says where a loss is: a spike is shorter
MIN_RISE = 0.05  # of the lowest validation loss
MIN_FALL = 0.02  # of the training loss
LASTING = 50  # epochs since the lowest validation loss: only a trend stays above it for so long
LASTING_RISE = 0.2  # of the lowest validation loss


def overfitting(case: Case) -> Finding | None:
    """Silent after early stopping, which ended the training for this reason."""
    if not case.is_finite or case.ended_by == "early_stopping":
        return None
    best = int(case.val_loss.argmin())
    since = len(case.epochs) - 1 - best
    recent = since // LAST_SHARE
    window = max(MIN_EPOCHS, recent)
    lowest, last = float(case.val_loss[best]), float(np.median(case.val_loss[-window:]))
    train_before, train_last = float(case.train_loss[best]), float(np.median(case.train_loss[-max(1, recent) :]))
    error = _error(case, best, since, last - lowest)
    if since < MIN_EPOCHS or error is None or train_last > train_before * (1 - MIN_FALL):
        return None
    above = int((case.val_loss[best + 1 :] > lowest + error).sum())
    measured = "measured without dropout on a fixed part" if case.is_train_evaluated else "a mean over each epoch"
    return Finding(
        kind="overfitting",
        title=f"Overfits from epoch {case.epochs[best]}",
        since_epoch=case.epochs[best],
        reasons=[
            f"Validation loss rose from {lowest:.3g} to {last:.3g}, the median of the last {window} epochs; it was "
            f"higher in {above} of the {since} epochs since.",
            f"Training loss kept falling, from {train_before:.3g} to {train_last:.3g} ({measured}).",
            f"On these {case.validation_images:,} images the rise is known to ± {error:.2g}, so this is not chance.",
        ],
        evidence={
            "lowest_val_loss": lowest,
            "last_val_loss": last,
            "train_loss_then": train_before,
            "last_train_loss": train_last,
            "val_loss_error": error,
            "epochs_since": since,
            "epochs_above": above,
        },
        next=remedies.offered(
            case.spec,
            (
                remedies.augmentation(case.spec),
                remedies.dropout(case.spec),
                remedies.early_stopping(case.spec),
                remedies.l2_penalty(case.spec),
            ),
        ),
    )


def _error(case: Case, best: int, since: int, rise: float) -> float | None:
    """Returns the standard error of a rise that is more than chance; None for one that is not.

    A rise counts that the error of a loss on other images does not explain. One that lasts is a trend: then its own
    error is enough, which is smaller because both losses are those of the same images.
    """
    lowest, error = float(case.val_loss[best]), case.val_loss_error(best)
    if rise > max(MIN_RISE * lowest, MANY * error):
        return error
    own_error = loss_error(max(rise, 0.0), float(case.val_accuracy[best]), case.validation_images)
    is_lasting = since >= LASTING and rise > max(LASTING_RISE * lowest, MANY * own_error)
    return own_error if is_lasting else None
