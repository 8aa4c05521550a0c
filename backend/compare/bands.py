"""Mean and standard deviation of several curves at common points. Arrays in, arrays out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.runs.metrics.columns import Floats
from backend.runs.metrics.downsample import downsample

GRID_POINTS = 400  # of curves that have no x in common; a chart is some 600 pixels wide


@dataclass(frozen=True)
class Curve:
    """`x` ascending, `y` with NaN for gaps, both of shape (points,)."""

    x: Floats
    y: Floats


@dataclass(frozen=True)
class Band:
    """Mean and standard deviation at each `x`, and `counts`, the number of curves that have a value there.

    The deviation is that of a sample, and 0 of a single value. All are of shape (points,).
    """

    x: Floats
    mean: Floats
    deviation: Floats
    counts: npt.NDArray[np.int64]


def band(curves: Sequence[Curve]) -> Band:
    """Returns the band of curves, each interpolated between its points; outside of them it has no value."""
    if len(curves) == 1:
        x, table = curves[0].x, curves[0].y[np.newaxis]
    else:
        x = _grid(curves)
        table = np.stack([np.interp(x, curve.x, curve.y, left=np.nan, right=np.nan) for curve in curves])
    known = np.isfinite(table)
    counts = known.sum(axis=0)
    mean = np.where(counts > 0, np.where(known, table, 0.0).sum(axis=0) / np.maximum(counts, 1), np.nan)
    squares = np.where(known, table - mean, 0.0) ** 2
    return Band(x, mean, np.sqrt(squares.sum(axis=0) / np.maximum(counts - 1, 1)), counts)


def thinned(band: Band, max_points: int) -> Band:
    """Returns the band at no more than `max_points`, both ends and the extremes of the mean among them."""
    kept = downsample([band.mean], len(band.x), max_points)
    return Band(band.x[kept], band.mean[kept], band.deviation[kept], band.counts[kept])


def _grid(curves: Sequence[Curve]) -> Floats:
    """Returns each x that a curve has, or evenly spaced ones if those are too many."""
    grid = np.unique(np.concatenate([curve.x for curve in curves]))
    longest = max(len(curve.x) for curve in curves)
    return grid if len(grid) <= max(longest, GRID_POINTS) else np.linspace(grid[0], grid[-1], GRID_POINTS)
