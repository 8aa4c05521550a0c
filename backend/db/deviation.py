"""The aggregate function `stddev_samp` for SQLite; PostgreSQL has its own."""

import math


class SampleDeviation:
    """The standard deviation of a sample (n - 1), by Welford's method. Null where there are fewer than two values."""

    def __init__(self) -> None:
        self._n, self._mean, self._squares = 0, 0.0, 0.0

    def step(self, value: float | None) -> None:
        if value is None:
            return
        self._n += 1
        difference = value - self._mean
        self._mean += difference / self._n
        self._squares += difference * (value - self._mean)

    def finalize(self) -> float | None:
        return math.sqrt(self._squares / (self._n - 1)) if self._n > 1 else None
