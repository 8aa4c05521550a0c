"""Single samples: which ones a person asked for, in which order, a page at a time."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.analysis.choices import Kind, Order
from backend.analysis.predictions import Indexes, Predictions


@dataclass(frozen=True)
class Selection:
    """`true` and `predicted` are positions in `classes`, None for any; `seed` (0 or more) is for `random`."""

    kind: Kind = "misclassified"
    true: int | None = None
    predicted: int | None = None
    order: Order = "random"
    seed: int = 0


@dataclass(frozen=True)
class Sample:
    """`index` is the position in the predictions; a confidence is None where the model gave NaN."""

    index: int
    true: str
    predicted: str
    confidence: float | None
    second: str
    second_confidence: float | None


def select(predictions: Predictions, selection: Selection) -> Indexes:
    """Indexes of all chosen samples, in order; the same arguments give the same order each time.

    `random` shuffles the whole split by the seed and then picks, so that a narrower choice keeps the order of
    a wider one. `confidence` goes down, ties by index, NaN last.
    """
    order = _order(predictions, selection)
    return order[_chosen(predictions, selection)[order]]


def samples_at(predictions: Predictions, indexes: Indexes) -> list[Sample]:
    return [_sample(predictions, int(index)) for index in indexes]


def _order(predictions: Predictions, selection: Selection) -> Indexes:
    if selection.order == "random":
        return np.random.default_rng(selection.seed).permutation(len(predictions))
    return np.argsort(-predictions.confidence, kind="stable")


def _chosen(predictions: Predictions, selection: Selection) -> npt.NDArray[np.bool_]:
    correct = predictions.true == predictions.predicted
    chosen: npt.NDArray[np.bool_] = {
        "misclassified": ~correct,
        "correct": correct,
        "all": np.ones_like(correct),
    }[selection.kind]
    if selection.true is not None:
        chosen = chosen & (predictions.true == selection.true)
    if selection.predicted is not None:
        chosen = chosen & (predictions.predicted == selection.predicted)
    return chosen


def _sample(predictions: Predictions, index: int) -> Sample:
    names = predictions.classes
    return Sample(
        index=index,
        true=names[predictions.true[index]],
        predicted=names[predictions.predicted[index]],
        confidence=_number(predictions.confidence[index]),
        second=names[predictions.second[index]],
        second_confidence=_number(predictions.second_confidence[index]),
    )


def _number(value: np.floating[Any]) -> float | None:
    """The shortest decimal that its own type tells apart: 0.9136 of a float16, not 0.91357421875."""
    return float(str(value)) if math.isfinite(value) else None
