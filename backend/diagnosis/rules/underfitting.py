"""Underfitting: even the training images are classified badly, and more epochs change little."""

from typing import Any

import numpy as np

from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding, NextRun
from backend.diagnosis.noise import LEAST_PART, MANY, accuracy_error
from backend.diagnosis.trends import still_falls
from backend.phrases import percent
from backend.spec import RunSpec

MAX_SKILL = 0.8  # of the way from chance to every training image right
MAX_GAP = 0.03  # between training and validation accuracy
MAX_FALL = 0.1  # of the training loss in the last third of the epochs
MAX_OF_TOTAL = 0.15
MAX_RISE = 1.05
STRONG_L2 = 0.01
STRONG_DROPOUT = 0.4


def underfitting(case: Case) -> Finding | None:
    """Needs training metrics in test mode: those with dropout are low for another reason."""
    if case.ended_by is None or not case.is_train_evaluated or not case.is_finite or len(case.epochs) <= case.recent:
        return None
    train = float(np.mean(case.train_accuracy[-case.recent :]))
    validation = float(np.mean(case.val_accuracy[-case.recent :]))
    if not _is_low(case, train, validation) or not _is_level(case):
        return None
    return Finding(
        kind="underfitting",
        title=f"Underfits: {percent(train)} of the training images are right",
        since_epoch=case.epochs[-case.recent],
        reasons=[
            f"Training accuracy in the last {case.recent} epochs is {percent(train)}, measured without dropout; "
            f"validation accuracy is {percent(validation)}. The commonest class alone makes "
            f"{percent(case.chance_accuracy)}.",
            f"Training loss hardly fell in them: from {case.train_loss[-1 - case.recent]:.3g} to "
            f"{case.train_loss[-1]:.3g}.",
        ],
        evidence={"train_accuracy": train, "val_accuracy": validation, "chance_accuracy": case.chance_accuracy},
        next=remedies.offered(case.spec, _candidates(case.spec)),
    )


def _is_low(case: Case, train: float, validation: float) -> bool:
    """Whether the training accuracy is far from 1, and the validation accuracy close to it."""
    skill = (train - case.chance_accuracy) / (1 - case.chance_accuracy) if case.chance_accuracy < 1 else 1.0
    error = np.hypot(accuracy_error(train, LEAST_PART), accuracy_error(validation, case.validation_images))
    return skill <= MAX_SKILL and train - validation <= max(MAX_GAP, MANY * error)


def _is_level(case: Case) -> bool:
    rises = case.train_loss[-1] > MAX_RISE * case.train_loss[-1 - case.recent]
    return not rises and not still_falls(case.train_loss, case.recent, MAX_FALL, MAX_OF_TOTAL)


def _candidates(spec: RunSpec) -> list[NextRun | None]:
    options = remedies.preset_options(spec)
    weaker = [
        _without(options, "l1", 0.0),
        _without(options, "l2", STRONG_L2),
        *(_without(options, name, STRONG_DROPOUT) for name in ("flatten_dropout", "dense_dropout", "block_dropout")),
    ]
    return [*weaker, _wider(options, "filters"), _wider(options, "blocks"), _wider(options, "dense_units")]


def _without(options: dict[str, object], name: str, above: float) -> NextRun | None:
    value = options.get(name)
    if not isinstance(value, float) or value <= above:
        return None
    return NextRun(f"Without {name.replace('_', ' ')} of {value:g}", {f"model.options.{name}": 0.0})


def _wider(options: dict[str, object], name: str) -> NextRun | None:
    sizes = options.get(name)
    if not isinstance(sizes, list) or not sizes:
        return None
    return NextRun(f"Twice the {name.replace('_', ' ')}", {f"model.options.{name}": _twice(sizes)})


def _twice(sizes: list[Any]) -> list[Any]:
    """Doubles the numbers of a list, or of lists in it: the filters of a VGG-like network are grouped by block."""
    return [_twice(size) if isinstance(size, list) else 2 * size for size in sizes]
