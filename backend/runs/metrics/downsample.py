"""Chooses the epochs of long series that a chart shows. Arrays in, positions out."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]


def downsample(series: Sequence[Floats | Sequence[float | None]], length: int, max_points: int | None) -> list[int]:
    """Returns the positions to keep: both ends, and the minimum and maximum of each series in every bucket.

    There are at most `max_points` of them, or two per series and the ends if that is more.
    """
    if max_points is None or length <= max_points:
        return list(range(length))
    buckets = max(1, (max_points - 2) // max(1, 2 * len(series)))
    starts = np.arange(buckets) * length // buckets
    sizes = np.diff(starts, append=length)
    extremes = [
        positions for values in series for positions in _extremes(np.asarray(values, np.float64), starts, sizes)
    ]
    return [int(position) for position in np.unique(np.concatenate([[0, length - 1], *extremes]))]


def _extremes(values: Floats, starts: Positions, sizes: Positions) -> Iterator[Positions]:
    """Yields the first positions of each bucket's minimum and of its maximum; none for a bucket of NaN."""
    bucket_of = np.repeat(np.arange(len(starts)), sizes)
    for extreme in (np.fmin, np.fmax):
        positions = np.flatnonzero(values == extreme.reduceat(values, starts)[bucket_of])
        is_first = np.diff(bucket_of[positions], prepend=-1) > 0
        yield positions[is_first]
