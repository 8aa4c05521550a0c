"""The classification report: accuracy, and precision, recall and F1 by class, as scikit-learn defines them."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from backend.analysis.intervals import Interval, wilson
from backend.analysis.predictions import Indexes, Predictions

Average = Literal["macro", "weighted"]


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
    """`interval` is that of `accuracy`, 95 %, Wilson.

    `baseline_accuracy` is the accuracy of always predicting the most common class of these samples.

    `macro` is the unweighted mean over the classes that are a label or predicted, `weighted` the mean weighted by
    support. `classes` has all classes; the scores of one that does not occur are 0 and count in neither mean.
    """

    accuracy: float
    interval: Interval
    baseline_accuracy: float
    classes: list[ClassScores]
    macro: Scores
    weighted: Scores


def report(predictions: Predictions) -> Report:
    """Returns the report of a split's predictions."""
    every_class = np.arange(len(predictions.classes))
    precision, recall, f1, support = _scores(predictions, labels=every_class)
    right = int(np.sum(predictions.true == predictions.predicted))
    rows = zip(predictions.classes, precision, recall, f1, support, strict=True)
    return Report(
        accuracy=right / len(predictions),
        interval=wilson(right, len(predictions)),
        baseline_accuracy=int(support.max()) / len(predictions),
        classes=[ClassScores(float(p), float(r), float(f), int(s), name) for name, p, r, f, s in rows],
        macro=_mean(predictions, "macro"),
        weighted=_mean(predictions, "weighted"),
    )


def _mean(predictions: Predictions, average: Average) -> Scores:
    precision, recall, f1, _ = _scores(predictions, average=average)
    return Scores(float(precision), float(recall), float(f1), len(predictions))


def _scores(
    predictions: Predictions, labels: Indexes | None = None, average: Average | None = None
) -> tuple[Any, Any, Any, Any]:
    """Without `labels`, scikit-learn takes those that are a label or predicted."""
    scores: tuple[Any, Any, Any, Any] = precision_recall_fscore_support(
        predictions.true, predictions.predicted, labels=labels, average=average, zero_division=0
    )
    return scores
