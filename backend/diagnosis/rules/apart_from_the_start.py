"""Train and validation apart from the first epoch: images of another distribution, or scaled in another way."""

import numpy as np

from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding, NextRun
from backend.diagnosis.noise import LEAST_PART, accuracy_error
from backend.phrases import percent
from backend.spec import FromTest, RunSpec

FIRST = 3  # epochs: overfitting opens a gap later
MIN_EPOCHS = 2
MIN_GAP = 0.1
ERRORS = 3.0  # standard errors
FRACTION = 0.1


def apart_from_the_start(case: Case) -> Finding | None:
    """Needs training metrics in test mode, since batch normalization alone can set the two modes apart at first."""
    if len(case.epochs) < MIN_EPOCHS or not case.is_train_evaluated:
        return None
    train, validation = case.train_accuracy[:FIRST], case.val_accuracy[:FIRST]
    errors = [_error(*values, case.validation_images) for values in zip(train, validation, strict=True)]
    if not bool((train - validation > MIN_GAP + ERRORS * np.array(errors)).all()):
        return None
    gap = train[0] - validation[0]
    return Finding(
        kind="apart_from_the_start",
        title="Validation images differ from the training images",
        since_epoch=case.epochs[0],
        reasons=[
            f"After epoch {case.epochs[0]} the network is right on {percent(train[0])} of the training images and on "
            f"{percent(validation[0])} of the validation images; overfitting takes longer.",
            f"The gap of {percent(gap, 0)} is {gap / errors[0]:.0f} times its standard error.",
            "Look at images of both splits: they may be of another source, brightness or size, or labelled otherwise.",
        ],
        evidence={
            "train_accuracy": float(train[0]),
            "val_accuracy": float(validation[0]),
            "standard_error": errors[0],
        },
        next=remedies.offered(case.spec, (_validate_on_train(case.spec), _brightness(case.spec), _standard(case.spec))),
    )


def _error(train: float, validation: float, images: int) -> float:
    return float(np.hypot(accuracy_error(train, LEAST_PART), accuracy_error(validation, images)))


def _validate_on_train(spec: RunSpec) -> NextRun | None:
    if not isinstance(spec.dataset.validation, FromTest):
        return None
    validation = {"from": "train", "fraction": FRACTION}
    return NextRun("Validate on training images, to see the gap close", {"dataset.validation": validation})


def _brightness(spec: RunSpec) -> NextRun | None:
    if spec.augmentation is not None:
        return None
    changes = {"augmentation": {"brightness": 0.3, "contrast": 0.3}}
    return NextRun("Augmentation: brightness and contrast", changes)


def _standard(spec: RunSpec) -> NextRun | None:
    if spec.preprocessing.scaling == "standard":
        return None
    return NextRun("Pixels with mean 0 and deviation 1", {"preprocessing.scaling": "standard"})
