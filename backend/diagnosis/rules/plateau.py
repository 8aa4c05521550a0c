"""Plateau: validation loss has not improved for a third of the epochs, at a learning rate that stays the same."""

import numpy as np

from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding, NextRun
from backend.diagnosis.noise import MANY
from backend.phrases import percent
from backend.spec import RunSpec

MIN_EPOCHS = 9
MAX_FALL = 0.03  # of the lowest validation loss, or its standard error if that is less: no progress
LEARNED = 0.97  # training accuracy above which there is nothing left to learn
REDUCE = {"monitor": "val_loss", "factor": 0.2, "patience": 3}


def plateau(case: Case) -> Finding | None:
    if case.ended_by != "epochs" or len(case.epochs) < MIN_EPOCHS or not case.is_finite or _rate_changes(case.spec):
        return None
    recent, lowest_at = case.recent, int(case.val_loss[: -case.recent].argmin())
    lowest_before, lowest = float(case.val_loss[lowest_at]), float(case.val_loss[-recent:].min())
    train_accuracy = float(np.mean(case.train_accuracy[-recent:]))
    if not _is_level(case, lowest_at) or train_accuracy > LEARNED:
        return None
    return Finding(
        kind="plateau",
        title=f"No progress in the last {recent} epochs",
        since_epoch=case.epochs[-recent],
        reasons=[
            f"The lowest validation loss was {lowest_before:.3g} before, and {lowest:.3g} in the last {recent} epochs.",
            f"There is more to learn: {percent(train_accuracy)} of the training images are right.",
            f"The learning rate stayed at {case.spec.optimizer.learning_rate:g}. A lower one often goes on from here.",
        ],
        evidence={
            "lowest_val_loss_before": lowest_before,
            "recent_lowest_val_loss": lowest,
            "train_accuracy": train_accuracy,
            "epochs": recent,
        },
        next=remedies.offered(case.spec, _candidates(case.spec)),
    )


def _rate_changes(spec: RunSpec) -> bool:
    return spec.callbacks.reduce_lr is not None or spec.optimizer.schedule is not None


def _is_level(case: Case, lowest_at: int) -> bool:
    """Whether the recent validation loss neither rises nor falls; the lowest one before is at `lowest_at`."""
    recent, lowest = case.val_loss[-case.recent :], float(case.val_loss[lowest_at])
    error = case.val_loss_error(lowest_at)
    rises = float(np.median(recent)) > lowest + MANY * error
    falls = float(recent.min()) < lowest - min(error, MAX_FALL * lowest)
    return not rises and not falls


def _candidates(spec: RunSpec) -> tuple[NextRun | None, ...]:
    return (
        NextRun("Learning rate reduced on a plateau", {"callbacks.reduce_lr": REDUCE}),
        NextRun("Cosine schedule", {"optimizer.schedule": {"name": "cosine"}}),
        remedies.learning_rate(spec, 0.3),
    )
