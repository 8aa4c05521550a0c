"""The classification report: accuracy, and precision, recall and F1 by class, as scikit-learn defines them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.analysis.predictions import Predictions
from backend.analysis.statistics.intervals import Interval, wilson
from backend.analysis.statistics.macro_f1 import macro_f1_interval

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Scores from 0 to 1, and 0 where the denominator is 0; `support` is the number of true samples."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class ClassScores(Scores):
    name: str


@dataclass(frozen=True)
class Report:
    """`interval` is that of `accuracy`, 95 %, Wilson, and `macro_f1_interval` that of `macro.f1`.

    `baseline_accuracy` is the accuracy of always predicting the most common class of these samples.

    `macro` is the unweighted mean over the classes that are a label or predicted, `weighted` the mean weighted by
    support. `classes` has all classes; the scores of one that does not occur are 0 and count in neither mean.
    """

    accuracy: float
    interval: Interval
    baseline_accuracy: float
    classes: list[ClassScores]
    macro: Scores
    macro_f1_interval: Interval
    weighted: Scores


def report(predictions: Predictions) -> Report:
    """Returns the report of a split's predictions."""
    counts = predictions.counts()
    right, support, predicted = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    scores = np.stack([_shares(right, predicted), _shares(right, support), _shares(2 * right, support + predicted)])
    rows = zip(predictions.classes, *scores.tolist(), support.tolist(), strict=True)
    total = len(predictions)
    return Report(
        accuracy=int(right.sum()) / total,
        interval=wilson(int(right.sum()), total),
        baseline_accuracy=int(support.max()) / total,
        classes=[ClassScores(p, r, f, s, name) for name, p, r, f, s in rows],
        macro=_mean(scores, support + predicted > 0, total),
        macro_f1_interval=macro_f1_interval(counts),
        weighted=_mean(scores, support, total),
    )


def _shares(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Floats:
    shares: Floats = part / np.maximum(whole, 1)
    return shares


def _mean(scores: Floats, weights: npt.NDArray[Any], support: int) -> Scores:
    precision, recall, f1 = np.average(scores, axis=1, weights=weights).tolist()
    return Scores(precision, recall, f1, support)
