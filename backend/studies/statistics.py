"""Means with intervals, differences by seed, and the power law of a learning curve.

SciPy is imported where it is used: it takes 0.2 s, and the service starts without it.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
MIN_PAIRS = 2
ROUNDING = 1e-9  # of differences that are equal: an accuracy is a number of images by another
STEEPEST, FLATTEST = -5.0, -0.01  # exponents that are tried
PARAMETERS = 3  # of the power law; an interval needs one point more

Interval = tuple[float, float]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class PairedTest:
    """Differences of pairs, one a seed: their mean, its interval (null where they have no spread), and the p-value."""

    n: int
    difference: float
    deviation: float | None
    interval: Interval | None
    p_value: float | None


def paired_t_test(first: Mapping[int, float], second: Mapping[int, float]) -> PairedTest | None:
    """Compares values of the same seeds by a paired t-test, two-sided; `difference` is the second minus the first.

    Not Wilcoxon's signed-rank test: below six pairs its p-value can't fall under 0.05, and few studies have six seeds.
    Returns None where no seed is shared.
    """
    seeds = first.keys() & second.keys()
    if not seeds:
        return None
    differences = [second[seed] - first[seed] for seed in sorted(seeds)]
    mean = fmean(differences)
    if len(differences) < MIN_PAIRS:
        return PairedTest(len(differences), mean, None, None, None)
    deviation = stdev(differences)
    deviation = deviation if deviation > ROUNDING else 0.0
    half = half_width(deviation, len(differences))
    interval = (mean - half, mean + half) if deviation else None  # equal differences say nothing about their spread
    return PairedTest(len(differences), mean, deviation, interval, _p_value(mean, deviation, len(differences)))


def half_width(deviation: float, n: int) -> float:
    """Returns half the width of the 95 % interval of a mean of `n` values, by Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * deviation / math.sqrt(n)


def _p_value(mean: float, deviation: float, n: int) -> float:
    from scipy.special import stdtr

    if deviation == 0:  # all differences are equal, as accuracies of few images may be: the exact test of their signs
        return 1.0 if mean == 0 else 2 * 0.5**n
    return 2 * float(stdtr(n - 1, -abs(mean) * math.sqrt(n) / deviation))


@dataclass(frozen=True)
class PowerLaw:
    """value = a + b · images ** c. `covariance` is that of (a, value - a at `scale` images, c).

    It is None where there are no more points than parameters.
    """

    a: float
    b: float
    c: float
    scale: float
    covariance: Array | None
    degrees: int

    def value(self, images: float) -> float:
        return float(self.a + self.b * images**self.c)

    def interval(self, images: float) -> Interval | None:
        """Returns the 95 % interval of the curve, to first order in its parameters."""
        from scipy.special import stdtrit

        if self.covariance is None:
            return None
        power = (images / self.scale) ** self.c
        slope = (self.value(images) - self.a) * math.log(images / self.scale)
        gradient = np.array([1.0, power, slope])
        half = float(stdtrit(self.degrees, (1 + CONFIDENCE) / 2) * np.sqrt(gradient @ self.covariance @ gradient))
        return (self.value(images) - half, self.value(images) + half) if math.isfinite(half) else None


def fit_power_law(images: Sequence[int], values: Sequence[float]) -> PowerLaw | None:
    """Fits the curve to one point a run. Returns None where there are fewer than three sizes, or no fit is found."""
    from scipy.optimize import curve_fit

    if len(set(images)) < PARAMETERS:
        return None
    scale = float(max(images))  # so that all parameters are near 1
    sizes, targets = np.array(images, dtype=float) / scale, np.array(values, dtype=float)
    start = (targets[sizes == 1].mean(), targets[sizes == sizes.min()].mean() - targets.max(), -0.5)
    bounds = ([-np.inf, -np.inf, STEEPEST], [np.inf, np.inf, FLATTEST])
    try:
        with warnings.catch_warnings(action="ignore"):  # that the covariance can't be estimated, which is checked
            (a, factor, c), covariance = curve_fit(_curve, sizes, targets, p0=start, bounds=bounds, maxfev=2_000)
    except RuntimeError:
        return None
    degrees = len(values) - PARAMETERS
    has_interval = degrees > 0 and bool(np.isfinite(covariance).all())
    return PowerLaw(float(a), float(factor / scale**c), float(c), scale, covariance if has_interval else None, degrees)


def _curve(size: Array, a: float, factor: float, c: float) -> Array:
    return np.asarray(a + factor * size**c)
