"""Which values of images with more than 8 bits become black and white: found over a whole dataset, and kept with it."""

import numpy as np

from backend.datasets.pictures.decode import FULL_RANGE, ValueRange, Values

DATA_RANGES = ((0.0, 1.0), (-1.0, 1.0), *((0.0, 2.0**bits - 1) for bits in range(8, 17)))
"""What cameras and programs use: fractions, and 8 to 16 data bits."""
LEAST_USE = 0.25  # of a range; values that use less of it have a range of their own
TAIL = 1e-4  # share of the values at each end that may lie outside: dead and hot pixels
MAX_VALUES = 4_000_000  # that are drawn of all images together: 32 MB
MIN_VALUES = 64  # that are drawn of an image at least
INTEGER_RANGES = (FULL_RANGE, (-(2.0**15), 2.0**15 - 1), (0.0, 2.0**32 - 1), (-(2.0**31), 2.0**31 - 1))


class ValueSample:
    """Some values of each of `images` images, drawn by a fixed seed, and the ends of all their values."""

    def __init__(self, images: int) -> None:
        self._each = max(MIN_VALUES, MAX_VALUES // max(1, images))
        self._rng = np.random.default_rng(0)
        self._drawn: list[Values] = []
        self._has_fractions = False
        self.images = 0
        self.low, self.high = np.inf, -np.inf

    def add(self, values: Values) -> None:
        finite = values[np.isfinite(values)]
        self._has_fractions |= values.dtype.kind == "f"
        self.images += 1
        if not finite.size:
            return
        self.low, self.high = min(self.low, float(finite.min())), max(self.high, float(finite.max()))
        if len(finite) > self._each:
            finite = finite[self._rng.integers(0, len(finite), self._each)]
        self._drawn.append(finite.astype(np.float64))

    def own(self) -> ValueRange:
        """Returns the range that the values use."""
        return own_range(np.concatenate(self._drawn)) if self._drawn else DATA_RANGES[0]

    def full(self) -> ValueRange:
        """Returns all values that the files could have: 0 to 1 for fractions, else the narrowest integers that fit."""
        if self._has_fractions:
            return DATA_RANGES[0]
        fitting = (ends for ends in INTEGER_RANGES if ends[0] <= self.low and self.high <= ends[1])
        return next(fitting, INTEGER_RANGES[-1])


def own_range(values: Values) -> ValueRange:
    """Returns the narrowest usual range that the finite values use well, or the range that they have."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return DATA_RANGES[0]
    low, high = (float(end) for end in np.quantile(finite, (TAIL, 1 - TAIL), method="nearest"))
    if low == high:
        low, high = float(finite.min()), float(finite.max())
    for start, end in DATA_RANGES:
        if start <= low and high <= end and (low == high or high - low >= LEAST_USE * (end - start)):
            return start, end
    return (low, high) if low < high else (low, low + 1)


def range_text(ends: ValueRange) -> str:
    """Returns a range as people read it: `0 to 4,095`."""
    return " to ".join(f"{end:,.0f}" if end == round(end) else f"{end:,.4g}" for end in ends)
