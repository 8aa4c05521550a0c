"""Noise larger than most differences: the validation images are too few."""

from backend.analysis.statistics.intervals import Z, wilson
from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding, NextRun
from backend.diagnosis.noise import accuracy_error
from backend.phrases import in_percent, percent
from backend.spec import FromTest, FromTrain, RunSpec

MAX_WIDTH = 0.06  # of the 95 % interval: single changes of a network seldom bring more than three points
MIN_ACCURACY = 0.5  # below, little was learned, and the images are not what is missing
FRACTION = 0.2
POINT = 0.01


def validation_noise(case: Case) -> Finding | None:
    images = case.validation_images
    if case.ended_by is None or case.best_epoch is None or not images:
        return None
    accuracy = case.best_accuracy
    if not MIN_ACCURACY <= accuracy <= 1:
        return None
    low, high = wilson(round(accuracy * images), images)
    if high - low < MAX_WIDTH:
        return None
    error = accuracy_error(accuracy, images)
    needed = round((Z * error / POINT) ** 2 * images, -2)
    difference = Z * error * 2**0.5
    return Finding(
        kind="validation_noise",
        title=f"{images:,} validation images are few",
        since_epoch=case.best_epoch,
        reasons=[
            f"The best accuracy, {percent(accuracy)}, is known to lie between {percent(low)} and {percent(high)} "
            "only (95 %).",
            f"Another run that differs by less than {in_percent(difference, 0)} points may do so by chance.",
            f"To know it to ± 1 point takes about {needed:,.0f} images.",
        ],
        evidence={"accuracy": accuracy, "low": low, "high": high, "images": images, "difference": difference},
        next=remedies.offered(case.spec, (_all_test_images(case.spec), _larger_part(case))),
    )


def _all_test_images(spec: RunSpec) -> NextRun | None:
    if spec.dataset.test_limit is None or not isinstance(spec.dataset.validation, FromTest):
        return None
    return NextRun("Validate on all test images", {"dataset.test_limit": None})


def _larger_part(case: Case) -> NextRun | None:
    """Returns None where a part of the training images would not be larger than the images validated on now."""
    validation = case.spec.dataset.validation
    if isinstance(validation, FromTrain):
        is_larger = validation.fraction < FRACTION
    else:
        is_larger = case.train_images is None or FRACTION * case.train_images > case.validation_images
    changes = {"dataset.validation": {"from": "train", "fraction": FRACTION}}
    return NextRun(f"Validate on {percent(FRACTION, 0)} of the training images", changes) if is_larger else None
