"""The values of one field of all runs: an array, and a column of numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.float64]  # what a field is sorted by, for each run; NaN for null
Positions = npt.NDArray[np.intp]  # of runs in the arrays, from 1
ALL = slice(None)


class Array:
    """Values of all runs. One value that all runs have is stored once, until a run has another one."""

    def __init__(self, default: np.generic) -> None:
        self._default = default
        self.values: npt.NDArray[Any] = np.broadcast_to(default, 0)

    def resize(self, size: int) -> None:
        """Makes room for more runs, which are written before they are read."""
        if self.values.flags.writeable:
            values = np.full(size, self._default)
            values[: len(self.values)] = self.values
            self.values = values
        else:
            self.values = np.broadcast_to(self.values[0] if len(self.values) else self._default, size)

    def write(self, positions: Sequence[int] | Positions, values: Sequence[Any]) -> None:
        changed = np.array(values, self._default.dtype)  # None becomes NaN
        if np.array_equal(self.values[positions], changed, equal_nan=True):
            return
        if not self.values.flags.writeable:
            self.values = self.values.copy()
        self.values[positions] = changed

    def compact(self) -> None:
        """Frees the memory of an array in which all runs, which begin at 1, have one value."""
        values = self.values[1:]
        if len(values) and np.array_equal(values[1:], values[:-1], equal_nan=True):
            self.values = np.broadcast_to(values[0], len(self.values))


def range_of(keys: Keys) -> tuple[float, float, int]:
    """Returns the least and the greatest of some keys, and how many are not null."""
    keys = keys[~np.isnan(keys)]
    return (float(keys.min()), float(keys.max()), len(keys)) if len(keys) else (np.nan, np.nan, 0)


class NumberColumn:
    """Numbers; times in seconds, booleans as 0 and 1."""

    def __init__(self) -> None:
        self._array = Array(np.float64(np.nan))
        self.resize, self.write, self.compact = self._array.resize, self._array.write, self._array.compact

    def keys(self, runs: Positions | slice = ALL) -> Keys:
        return np.asarray(self._array.values[runs])

    def range(self, runs: Positions) -> tuple[Any, Any, int]:
        """Returns the least and the greatest value of some runs, and how many have one."""
        return range_of(self.keys(runs))

    def distinct(self, runs: Positions, limit: int) -> list[Any] | None:
        """Returns the values of some runs in their order, without null; None if there are more than `limit`."""
        for some in (runs[: 4 * limit], runs):  # of a field that has another value in each run, a few are sorted
            numbers = np.unique(self._array.values[some])
            numbers = numbers[~np.isnan(numbers)]
            if len(numbers) > limit:
                return None
        return list(numbers.tolist())

    def key(self, value: Any) -> float:
        """Returns the key of a value, whether a run has it or not."""
        return float(value)

    def value(self, position: int) -> float | None:
        number = float(self._array.values[position])
        return None if np.isnan(number) else number

    def is_null(self) -> Mask:
        return np.asarray(np.isnan(self._array.values))

    def equals(self, value: Any) -> Mask:
        return np.asarray(self._array.values == value)
