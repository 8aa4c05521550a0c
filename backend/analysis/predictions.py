"""The type `Predictions`: a model's predictions for the samples of a split, with their labels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
import numpy.typing as npt

Indexes = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Predictions:
    """Arrays of shape (N,), ordered by the samples' indexes in the stored split.

    `true`, `predicted` and `second` (the runner-up) are indexes into `classes`; `confidence` and `second_confidence`
    are the probabilities of the latter two, or NaN.

    Raises:
        ValueError: The shapes differ, or an index is out of range.
    """

    classes: tuple[str, ...]
    true: Indexes
    predicted: Indexes
    second: Indexes
    confidence: Floats
    second_confidence: Floats

    def __post_init__(self) -> None:
        for name in ("true", "predicted", "second"):
            _check_indexes(name, getattr(self, name), len(self.classes))
        for name in ("predicted", "second", "confidence", "second_confidence"):
            _check_length(name, getattr(self, name), len(self.true))

    @classmethod
    def load(cls, file: Path | BinaryIO, labels: Indexes, classes: Sequence[str]) -> Self:
        """Loads a trainer's `.npz` file. `labels` (N,) are the true classes of the same samples."""
        with np.load(file, allow_pickle=False) as arrays:
            return cls(
                classes=tuple(classes),
                true=np.asarray(labels),
                predicted=arrays["predicted"],
                second=arrays["second"],
                confidence=arrays["confidence"],
                second_confidence=arrays["second_confidence"],
            )

    def __len__(self) -> int:
        return len(self.true)

    def counts(self) -> npt.NDArray[np.int64]:
        """Returns the confusion matrix of counts: rows are true classes, columns predicted ones."""
        classes = len(self.classes)
        cells = self.true.astype(np.int64) * classes + self.predicted
        return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def json_number(value: np.floating[Any]) -> float | None:
    """Returns the shortest decimal that identifies the value in its dtype: 0.9136 for a float16, not 0.91357421875."""
    return float(str(value)) if math.isfinite(value) else None


def _check_indexes(name: str, indexes: Indexes, classes: int) -> None:
    if not len(indexes):
        raise ValueError(f"'{name}' is empty: predictions of at least one sample are needed")
    if np.min(indexes) < 0 or np.max(indexes) >= classes:
        raise ValueError(f"'{name}' goes from {np.min(indexes)} to {np.max(indexes)}, but there are {classes} classes")


def _check_length(name: str, array: npt.NDArray[Any], length: int) -> None:
    if array.shape != (length,):
        raise ValueError(f"'{name}' has shape {array.shape}, but there are labels for {length} samples")
