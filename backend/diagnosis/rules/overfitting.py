"""Overfitting: validation loss rises while the loss of the training images falls."""

import numpy as np

from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding
from backend.diagnosis.noise import MANY

MIN_EPOCHS = 3  # since the lowest validation loss: a rise over fewer may be chance
MIN_RISE = 0.05  # of the lowest validation loss
MIN_FALL = 0.02  # of the training loss


def overfitting(case: Case) -> Finding | None:
    """Silent after early stopping, which ended the training for this reason."""
    if not case.is_finite or case.ended_by == "early_stopping":
        return None
    best = int(case.val_loss.argmin())
    since = len(case.epochs) - 1 - best
    lowest, last = float(case.val_loss[best]), float(np.median(case.val_loss[-MIN_EPOCHS:]))
    train_before, train_last = float(case.train_loss[best]), float(case.train_loss[-1])
    error = case.val_loss_error(best)
    rises = last - lowest > max(MIN_RISE * lowest, MANY * error)
    if since < MIN_EPOCHS or not rises or train_last > train_before * (1 - MIN_FALL):
        return None
    above = int((case.val_loss[best + 1 :] > lowest + error).sum())
    measured = "measured without dropout on a fixed part" if case.is_train_evaluated else "a mean over each epoch"
    return Finding(
        kind="overfitting",
        title=f"Overfits from epoch {case.epochs[best]}",
        since_epoch=case.epochs[best],
        reasons=[
            f"Validation loss rose from {lowest:.3g} to {last:.3g}, the median of the last {MIN_EPOCHS} epochs; it was "
            f"higher in {above} of the {since} epochs since.",
            f"Training loss kept falling, from {train_before:.3g} to {train_last:.3g} ({measured}).",
            f"The loss of these {case.validation_images:,} images is known to ± {error:.2g}, so this is not chance.",
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
