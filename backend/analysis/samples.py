"""Selects and orders samples, and looks up their predictions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.analysis.choices import Kind, Order
from backend.analysis.predictions import Indexes, Predictions, json_number


@dataclass(frozen=True)
class Selection:
    """Which samples, in which order. `true` and `predicted` are class indexes, None for any; `seed` is for `random`."""

    kind: Kind = "misclassified"
    true: int | None = None
    predicted: int | None = None
    order: Order = "random"
    seed: int = 0


@dataclass(frozen=True)
class Sample:
    """A sample and its prediction. `index` is its position in the predictions; a confidence of NaN is None."""

    index: int
    true: str
    predicted: str
    confidence: float | None
    second: str
    second_confidence: float | None


def select(predictions: Predictions, selection: Selection) -> Indexes:
    """Returns the indexes of all selected samples, in an order that depends on the arguments only.

    `random` permutes the whole split by the seed before it selects, so that a narrower selection keeps the order of a
    wider one. `confidence` is descending, ties by index, NaN last.
    """
    order = _order(predictions, selection)
    return order[_mask(predictions, selection)[order]]


def samples_at(predictions: Predictions, indexes: Indexes) -> list[Sample]:
    """Returns the samples at `indexes`, in that order."""
    return [_sample(predictions, int(index)) for index in indexes]


def _order(predictions: Predictions, selection: Selection) -> Indexes:
    if selection.order == "random":
        return np.random.default_rng(selection.seed).permutation(len(predictions))
    return np.argsort(-predictions.confidence, kind="stable")


def _mask(predictions: Predictions, selection: Selection) -> npt.NDArray[np.bool_]:
    correct = predictions.true == predictions.predicted
    mask: npt.NDArray[np.bool_] = {
        "misclassified": ~correct,
        "correct": correct,
        "all": np.ones_like(correct),
    }[selection.kind]
    if selection.true is not None:
        mask = mask & (predictions.true == selection.true)
    if selection.predicted is not None:
        mask = mask & (predictions.predicted == selection.predicted)
    return mask


def _sample(predictions: Predictions, index: int) -> Sample:
    names = predictions.classes
    return Sample(
        index=index,
        true=names[predictions.true[index]],
        predicted=names[predictions.predicted[index]],
        confidence=json_number(predictions.confidence[index]),
        second=names[predictions.second[index]],
        second_confidence=json_number(predictions.second_confidence[index]),
    )
