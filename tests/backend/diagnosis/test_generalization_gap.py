"""The gap between training and validation accuracy is a finding where chance does not explain it."""

from dataclasses import replace
from typing import Any

import pytest

from backend.diagnosis.case import Case
from backend.diagnosis.diagnose import diagnose
from tests.backend.diagnosis.test_rules import FALLING, Values, case, kinds

FLAT: Values = [0.95, 0.9, 0.88, 0.86, 0.85, 0.86, 0.85, 0.86, 0.85, 0.86]
TRAIN_ACCURACY: Values = [0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.988, 0.988, 0.988]


def apart(images: int, validation: float, **changes: Any) -> Case:
    """A run that ends with 98.8 % of its training images right, while validation loss is flat."""
    ended = case(
        images,
        train_eval_loss=FALLING,
        val_loss=FLAT,
        train_eval_accuracy=TRAIN_ACCURACY,
        val_accuracy=[validation] * 10,
    )
    return replace(ended, **changes)


def test_a_gap_beyond_its_interval_is_a_finding_beside_that_of_few_images() -> None:
    gap, few = diagnose(apart(40, 0.675))

    assert (gap.kind, few.kind) == ("generalization_gap", "validation_noise")
    assert gap.title == "Training accuracy is 31.3 points above validation accuracy"
    assert gap.since_epoch == 3, "before, the gap was within its interval"
    half = 1.96 * (0.675 * 0.325 / 40 + 0.988 * 0.012 / 250) ** 0.5
    assert (gap.evidence["low"], gap.evidence["high"]) == pytest.approx((0.313 - half, 0.313 + half), abs=1e-4)
    assert "between 16.7 and 45.9 points (95 %)" in gap.reasons[1]
    assert "augmentation" in gap.next[0].changes


@pytest.mark.parametrize(
    "run",
    [apart(8, 0.75), apart(2_000, 0.9), apart(40, 0.675, ended_by="early_stopping"), apart(40, 0.675, ended_by=None)],
    ids=["within its interval", "of 9 points", "early stopping", "in training"],
)
def test_a_gap_that_chance_explains_or_that_is_small_is_no_finding(run: Case) -> None:
    assert "generalization_gap" not in kinds(run)


def test_a_rise_that_is_not_called_overfitting_is_not_denied() -> None:
    """Validation loss rises far more than chance explains, but training loss does not fall any more."""
    rising = [1.4, 1.2, 1.1, 1.05, 1.0, 1.01, 1.1, 1.2, 1.3, 1.4]
    falling_first = [1.3, 1.1, 0.9, 0.5, 0.0201, 0.0201, 0.0201, 0.02, 0.02, 0.02]
    run = case(
        10_000,
        train_eval_loss=falling_first,
        val_loss=rising,
        train_eval_accuracy=[0.55, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.988, 0.988, 0.988],
        val_accuracy=[0.6] * 10,
    )

    [gap] = diagnose(run)

    assert gap.kind == "generalization_gap"
    assert gap.reasons[2].startswith(
        "Validation loss did not clearly rise for several epochs while training loss fell,"
    )
