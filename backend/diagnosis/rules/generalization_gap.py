"""A gap between training and validation accuracy that chance does not explain, where no other rule names its cause."""

import numpy as np

from backend.analysis.statistics.intervals import Z
from backend.diagnosis import remedies
from backend.diagnosis.case import Case, Column
from backend.diagnosis.finding import Finding, NextRun
from backend.diagnosis.noise import LEAST_PART, accuracy_error
from backend.phrases import in_percent, percent

MIN_GAP = 0.1  # most good networks are some points better on images that they were trained on


def generalization_gap(case: Case) -> Finding | None:
    """Needs training metrics in test mode. Silent after early stopping, which limits the gap, as overfitting is."""
    if case.ended_by in (None, "early_stopping") or not case.is_finite or not case.is_train_evaluated:
        return None
    gaps, margins = case.train_accuracy - case.val_accuracy, _margins(case)
    is_large = gaps > np.maximum(MIN_GAP, margins)
    if not is_large[-1]:
        return None
    first = len(is_large) - int(np.argmin(is_large[::-1])) if not is_large.all() else 0
    gap, low, high = float(gaps[-1]), float(gaps[-1] - margins[-1]), min(1.0, float(gaps[-1] + margins[-1]))
    return Finding(
        kind="generalization_gap",
        title=f"Training accuracy is {in_percent(gap)} points above validation accuracy",
        since_epoch=case.epochs[first],
        reasons=_reasons(case, low, high),
        evidence={
            "train_accuracy": float(case.train_accuracy[-1]),
            "val_accuracy": float(case.val_accuracy[-1]),
            "gap": gap,
            "low": low,
            "high": high,
        },
        next=remedies.offered(case.spec, _candidates(case)),
    )


def _margins(case: Case) -> Column:
    """Returns half of the 95 % interval of the gap, by epoch."""
    train = [accuracy_error(accuracy, LEAST_PART) for accuracy in case.train_accuracy]
    validation = [accuracy_error(accuracy, case.validation_images) for accuracy in case.val_accuracy]
    return Z * np.hypot(train, validation)


def _reasons(case: Case, low: float, high: float) -> list[str]:
    train, validation = float(case.train_accuracy[-1]), float(case.val_accuracy[-1])
    return [
        f"After epoch {case.epochs[-1]} the network is right on {percent(train)} of a fixed part of the training "
        f"images, measured without dropout, and on {percent(validation)} of the {case.validation_images:,} validation "
        "images.",
        f"On so many images the gap is known to lie between {in_percent(low)} and {in_percent(high)} points (95 %), so "
        "it is not chance.",
        "Validation loss did not clearly rise for several epochs while training loss fell, so this is not called "
        "overfitting: the network knows its training images better than others. More training images narrow the gap "
        "most.",
    ]


def _candidates(case: Case) -> tuple[NextRun | None, ...]:
    spec = case.spec
    return remedies.augmentation(spec), remedies.dropout(spec), remedies.l2_penalty(spec), remedies.early_stopping(spec)
