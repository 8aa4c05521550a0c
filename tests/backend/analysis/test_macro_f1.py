"""The interval of macro F1: it holds as often as it says, and is wide where a class has few images."""

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.metrics import f1_score

from backend.analysis.statistics.macro_f1 import macro_f1, macro_f1_interval

DRAWS = 400


def matrix(shares: list[float], accuracy: float, images: int) -> npt.NDArray[np.float64]:
    """Returns the probabilities of a matrix whose rows have these shares, each right with the same probability."""
    classes = len(shares)
    row = np.full((classes, classes), (1 - accuracy) / (classes - 1))
    np.fill_diagonal(row, accuracy)
    expected: npt.NDArray[np.float64] = np.array(shares)[:, None] * row * images
    return expected


@pytest.mark.parametrize(
    ("shares", "accuracy", "images"),
    [([0.1] * 10, 0.9, 10_000), ([1 / 3] * 3, 0.8, 100), ([0.4, 0.3, 0.28, 0.02], 0.9, 150), ([0.97, 0.03], 0.9, 200)],
)
def test_it_holds_in_about_95_of_100_draws(shares: list[float], accuracy: float, images: int) -> None:
    expected = matrix(shares, accuracy, images)
    truth = macro_f1(expected)
    draw = np.random.default_rng(0)

    holds = 0
    for _ in range(DRAWS):
        low, high = macro_f1_interval(draw.multinomial(images, expected.ravel() / images).reshape(expected.shape))
        holds += low <= truth <= high

    assert 0.91 <= holds / DRAWS <= 0.99


def test_a_class_with_one_image_leaves_nearly_all_open() -> None:
    low, high = macro_f1_interval(np.array([[200, 0], [1, 0]]))

    assert low < 0.5
    assert high > 0.9


def test_a_class_that_does_not_occur_counts_not() -> None:
    counts = np.array([[5, 1, 0], [2, 6, 0], [0, 0, 0]])
    labels, predicted = np.repeat([0, 0, 1, 1], [5, 1, 2, 6]), np.repeat([0, 1, 0, 1], [5, 1, 2, 6])

    assert macro_f1(counts) == pytest.approx(f1_score(labels, predicted, average="macro"))
    assert macro_f1_interval(counts) == macro_f1_interval(counts[:2, :2])


def test_all_right_is_an_interval_that_ends_at_1() -> None:
    assert macro_f1_interval(np.diag([3, 3]))[1] == 1.0
