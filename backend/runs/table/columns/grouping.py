"""Groups of runs with the same values, and the spread of other values in each of them."""

from collections.abc import Sequence

import numpy as np

from backend.runs.table.columns.arrays import Keys, Positions

Spread = tuple[float | None, float | None, float | None, float | None, int]  # mean, deviation, low, high, n


class Groups:
    """The groups of some runs by their keys, in the order of a tree; null comes last.

    `number` has the group of each run, from 0, and `examples` one of the runs of each group.
    """

    def __init__(self, levels: Sequence[Keys]) -> None:
        keys = [np.where(np.isnan(level), np.inf, level) for level in levels]
        self.number: Positions = np.zeros(len(keys[0]), np.intp)
        self.examples: Positions = self.number[:0]
        for level in keys:
            values, of_level = np.unique(level, return_inverse=True)
            paths = self.number * len(values) + of_level
            _, self.examples, self.number = np.unique(paths, return_index=True, return_inverse=True)
        self._keys = [level[self.examples] for level in keys]

    def place_after(self, keys: Sequence[float]) -> int:
        """Returns the number of the first group after some keys, infinity for null."""
        is_before = np.zeros(len(self.examples), np.bool_)
        is_equal = ~is_before
        for level, key in zip(self._keys, keys, strict=True):
            is_before |= is_equal & (level < key)
            is_equal &= level == key
        return int(np.count_nonzero(is_before | is_equal))


def counts(groups: Positions, count: int) -> list[int]:
    """Returns how many runs each of `count` groups has."""
    return list(np.bincount(groups, minlength=count).tolist())


def spreads(values: Keys, groups: Positions, count: int) -> list[Spread]:
    """Returns the spread of values in each of `count` groups; NaN is no value. The deviation is that of a sample."""
    groups, values = groups[~np.isnan(values)], values[~np.isnan(values)]
    low, high, n = np.full(count, np.inf), np.full(count, -np.inf), np.bincount(groups, minlength=count)
    np.minimum.at(low, groups, values)
    np.maximum.at(high, groups, values)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = low + np.bincount(groups, values - low[groups], count) / n  # exact where all values are equal
        deviation = np.sqrt(np.bincount(groups, (values - mean[groups]) ** 2, count) / (n - 1))
    rows = zip(*(array.tolist() for array in (mean, deviation, low, high, n)), strict=True)
    return [_spread(*row) for row in rows]


def _spread(mean: float, deviation: float, low: float, high: float, n: int) -> Spread:
    return (mean, deviation if n > 1 else None, low, high, n) if n else (None, None, None, None, 0)
