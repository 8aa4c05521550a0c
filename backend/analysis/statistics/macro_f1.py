"""The 95 % interval of macro F1, which also holds where some classes have few images."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.analysis.statistics.intervals import Interval, Z, f1_interval

Matrix = npt.NDArray[Any]
"""A matrix of counts (classes, classes): rows are true classes, columns predicted ones."""
Floats = npt.NDArray[np.float64]


def macro_f1(counts: Matrix) -> float:
    """Returns the mean F1 of the classes that are a label or predicted, as scikit-learn's macro average does."""
    return float(_f1(_occurring(counts)).mean())


def macro_f1_interval(counts: Matrix) -> Interval:
    """Returns the interval of the mean F1 of the classes that are a label or predicted, from a matrix of counts.

    Each end is the outer one of two methods. The delta method for a multinomial matrix (Takahashi, Yamamoto, Kuchiba,
    Koyama, Applied Intelligence 52, 2022, 4961-4972) is right for many images, and too narrow where a class has few: a
    class whose only image was missed has no variance. There, MOVER (Zou and Donner, Statistics in Medicine 27, 2008,
    1693-1702) combines the F1 intervals of the classes, which are wide then, as if the classes were independent.
    """
    matrix = _occurring(counts)
    scores = _f1(matrix)
    mean, half = float(scores.mean()), _delta_half_width(matrix, scores)
    low, high = _combined(matrix, scores)
    return max(0.0, min(mean - half, low)), min(1.0, max(mean + half, high))


def _occurring(counts: Matrix) -> Matrix:
    occurs = counts.sum(axis=0) + counts.sum(axis=1) > 0
    return counts[np.ix_(occurs, occurs)]


def _f1(matrix: Matrix) -> Floats:
    scores: Floats = 2 * np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1))
    return scores


def _delta_half_width(matrix: Matrix, scores: Floats) -> float:
    """Returns half the width from the gradient of macro F1 by each cell's probability."""
    images, classes = matrix.sum(), len(matrix)
    shares = matrix / images
    named = shares.sum(axis=0) + shares.sum(axis=1)
    falls = scores / named
    gradient = -(falls[:, None] + falls[None, :]) / classes
    np.fill_diagonal(gradient, 2 * (1 - scores) / named / classes)
    variance = float((shares * gradient**2).sum() - (shares * gradient).sum() ** 2) / images
    return Z * math.sqrt(max(0.0, variance))


def _combined(matrix: Matrix, scores: Floats) -> Interval:
    right, support, predicted = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    rows = zip(right.tolist(), (support - right).tolist(), (predicted - right).tolist(), strict=True)
    low, high = np.array([f1_interval(*row) for row in rows]).T
    mean, classes = float(scores.mean()), len(scores)
    below, above = (math.sqrt(((end - scores) ** 2).sum()) / classes for end in (low, high))
    return mean - below, mean + above
