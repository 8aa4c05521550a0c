"""Whether a model's confidence matches its accuracy: reliability, expected calibration error, answering when sure."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.analysis.predictions import Floats
from backend.analysis.statistics.intervals import Interval, wilson

Numbers = npt.NDArray[Any]
RESAMPLES = 2_000  # of the bootstrap: its 2.5 % quantiles then vary by some 4 % of the interval's width
THRESHOLDS = tuple(number / 100 for number in range(101))


@dataclass(frozen=True)
class Bin:
    """Images with `low < confidence <= high`; mean confidence, accuracy and interval are None for an empty bin."""

    low: float
    high: float
    n: int
    confidence: float | None
    accuracy: float | None
    interval: Interval | None


@dataclass(frozen=True)
class Answering:
    """What answering only at `confidence >= threshold` gives, one item for each threshold.

    `answered` and `right` count images. `share` is of all images; accuracy is None where no image is answered.
    """

    threshold: list[float]
    answered: list[int]
    right: list[int]
    share: list[float]
    accuracy: list[float | None]
    interval: list[Interval | None]


@dataclass(frozen=True)
class Calibration:
    """`ece` is the expected calibration error, with a bootstrap interval of 95 %; `n` is the number of images."""

    n: int
    ece: float
    ece_interval: Interval
    accuracy: float
    interval: Interval
    confidence: float
    bins: list[Bin]
    answering: Answering


def calibration(confidence: Floats, is_right: npt.NDArray[np.bool_], bins: int) -> Calibration:
    """Compares confidences (N,) with whether the predictions are right (N,), in bins of equal width.

    Raises:
        ValueError: A confidence is NaN, or there is no image.
    """
    sure = np.asarray(confidence, np.float64)
    if not len(sure) or not np.all(np.isfinite(sure)):
        raise ValueError("calibration needs confidences that are numbers, of one image or more")
    hit = np.asarray(is_right, np.float64)
    edges = np.linspace(0, 1, bins + 1)
    places = np.searchsorted(edges[1:-1], sure)
    gaps = np.bincount(places, sure - hit, bins)
    squares = np.bincount(places, (sure - hit) ** 2, bins)
    return Calibration(
        n=len(sure),
        ece=_error(gaps, len(sure)),
        ece_interval=_error_interval(gaps, squares, len(sure)),
        accuracy=float(hit.mean()),
        interval=wilson(int(hit.sum()), len(hit)),
        confidence=float(sure.mean()),
        bins=_bins(edges, np.bincount(places, minlength=bins), np.bincount(places, sure, bins), gaps),
        answering=_answering(sure, hit),
    )


def _error(gaps: Numbers, images: int) -> float:
    """Returns the mean of |confidence − accuracy| over the bins, weighted by their images."""
    return float(np.abs(gaps).sum() / images)


def _error_interval(gaps: Numbers, squares: Numbers, images: int) -> Interval:
    """Returns the basic bootstrap interval, widened where it does not hold the error itself.

    That interval allows for the error's bias: chance makes it larger, never smaller. A bin's sum of gaps over resampled
    images is nearly normal, so the sums are drawn and not the images, which would take a hundred times as long.
    """
    spread = np.sqrt(np.maximum(squares - gaps**2 / images, 0))
    draws = np.random.default_rng(0).normal(gaps, spread, (RESAMPLES, len(gaps)))
    low, high = np.quantile(np.abs(draws).sum(axis=1) / images, (0.025, 0.975))
    error = _error(gaps, images)
    return min(error, max(0.0, float(2 * error - high))), max(error, float(2 * error - low))


def _bins(edges: Numbers, images: Numbers, confidences: Numbers, gaps: Numbers) -> list[Bin]:
    rows = zip(edges[:-1], edges[1:], images, confidences, confidences - gaps, strict=True)
    return [_bin(float(low), float(high), int(n), float(sure), round(float(hits))) for low, high, n, sure, hits in rows]


def _bin(low: float, high: float, n: int, sure: float, hits: int) -> Bin:
    if n == 0:
        return Bin(low, high, 0, None, None, None)
    return Bin(low, high, n, sure / n, hits / n, wilson(hits, n))


def _answering(sure: Numbers, hit: Numbers) -> Answering:
    order = np.argsort(sure)
    hits = np.concatenate(([0], np.cumsum(hit[order])))
    first = np.searchsorted(sure[order], THRESHOLDS)
    answered = [len(sure) - int(index) for index in first]
    right = [round(float(hits[-1] - hits[index])) for index in first]
    counts = list(zip(right, answered, strict=True))
    return Answering(
        threshold=list(THRESHOLDS),
        answered=answered,
        right=right,
        share=[count / len(sure) for count in answered],
        accuracy=[hits / count if count else None for hits, count in counts],
        interval=[wilson(hits, count) if count else None for hits, count in counts],
    )
