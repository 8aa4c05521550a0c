"""The confusion matrix of predictions, and the pairs of classes that are confused most."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.analysis.choices import Normalize
from backend.analysis.predictions import Indexes, Predictions

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ConfusedPairs:
    """Arrays of equal length, the most frequent pair first: `count` of the `support` images of `true` are `predicted`.

    `true` and `predicted` are class indexes.
    """

    true: Indexes
    predicted: Indexes
    count: Counts
    support: Counts


def matrix(predictions: Predictions, normalize: Normalize = "none") -> npt.NDArray[Any]:
    """Returns the matrix of shape (classes, classes); rows are true classes, columns predicted ones.

    `normalize="none"` gives counts (int64); `true`, `pred` and `all` give shares (float64) of the row, the column or
    all samples. A row or column without samples holds zeros.
    """
    counts = predictions.counts()
    if normalize == "none":
        return counts
    axis = {"true": 1, "pred": 0, "all": None}[normalize]
    shares: npt.NDArray[np.float64] = counts / np.maximum(counts.sum(axis=axis, keepdims=True), 1)
    return shares


def nonzero(cells: npt.NDArray[Any]) -> dict[str, list[Any]]:
    """Returns the `rows`, `columns` and `values` of the cells that are not 0, row by row."""
    rows, columns = np.nonzero(cells)
    return {"rows": rows.tolist(), "columns": columns.tolist(), "values": cells[rows, columns].tolist()}


def confused_pairs(counts: Counts) -> ConfusedPairs:
    """Returns all pairs of a matrix of counts with at least one mistake; equal counts by share, then by class."""
    supports = counts.sum(axis=1)
    true, predicted = np.nonzero(counts * ~np.eye(len(counts), dtype=bool))
    count, support = counts[true, predicted], supports[true]
    order = np.lexsort((predicted, true, -count / support, -count))
    return ConfusedPairs(true[order], predicted[order], count[order], support[order])
