"""The confusion matrix: counts and shares of an example, and sums of random predictions."""

import numpy as np
import pytest

from backend.analysis.choices import Normalize
from backend.analysis.confusion import matrix
from tests.support.runs.predictions import at_random, by_hand

# two cats correct, one predicted as dog; one dog correct, one predicted as owl; no true owl
EXAMPLE = by_hand(true=[0, 0, 0, 1, 1], predicted=[0, 0, 1, 1, 2])


@pytest.mark.parametrize(
    ("normalize", "expected"),
    [
        ("none", [[2, 1, 0], [0, 1, 1], [0, 0, 0]]),
        ("true", [[2 / 3, 1 / 3, 0], [0, 0.5, 0.5], [0, 0, 0]]),
        ("pred", [[1, 0.5, 0], [0, 0.5, 1], [0, 0, 0]]),
        ("all", [[0.4, 0.2, 0], [0, 0.2, 0.2], [0, 0, 0]]),
    ],
)
def test_rows_are_true_and_columns_predicted(normalize: Normalize, expected: list[list[float]]) -> None:
    assert matrix(EXAMPLE, normalize).tolist() == pytest.approx(np.array(expected))


def test_counts_are_whole_numbers_and_shares_are_not() -> None:
    assert {type(value) for row in matrix(EXAMPLE).tolist() for value in row} == {int}
    assert {type(value) for row in matrix(EXAMPLE, "true").tolist() for value in row} == {float}


@pytest.mark.parametrize("seed", range(5))
def test_sums_equal_the_numbers_of_samples(seed: int) -> None:
    predictions = at_random(samples=200, classes=40, seed=seed)
    counts = matrix(predictions)
    assert counts.sum() == 200
    assert counts.sum(axis=1).tolist() == np.bincount(predictions.true, minlength=40).tolist()
    assert counts.sum(axis=0).tolist() == np.bincount(predictions.predicted, minlength=40).tolist()
    assert matrix(predictions, "all").sum() == pytest.approx(1)
    assert set(np.round(matrix(predictions, "true").sum(axis=1), 9).tolist()) <= {0.0, 1.0}
    assert set(np.round(matrix(predictions, "pred").sum(axis=0), 9).tolist()) <= {0.0, 1.0}


def test_a_class_without_samples_has_zeros_and_no_nan() -> None:
    for normalize in ("true", "pred", "all"):
        assert np.isfinite(matrix(by_hand(true=[1], predicted=[1]), normalize)).all()
