"""Student's t-tests of means: of values in pairs, and of two groups whose variances may differ.

SciPy is imported where it is used: it takes 0.2 s, and the service starts without it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev, variance

from backend.analysis.statistics.distributions import student_t_cdf, student_t_quantile

CONFIDENCE = 0.95
MIN_VALUES = 2  # pairs, or values of a group, below which there is no deviation
ROUNDING = 1e-9  # of differences that are equal: an accuracy is a number of images by another

Interval = tuple[float, float]


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
    if len(differences) < MIN_VALUES:
        return PairedTest(len(differences), mean, None, None, None)
    deviation = stdev(differences)
    deviation = deviation if deviation > ROUNDING else 0.0
    half = half_width(deviation, len(differences))
    interval = (mean - half, mean + half) if deviation else None  # equal differences say nothing about their spread
    return PairedTest(len(differences), mean, deviation, interval, _p_value(mean, deviation, len(differences)))


def half_width(deviation: float, n: int) -> float:
    """Returns half the width of the 95 % interval of a mean of `n` values, by Student's t."""
    return student_t_quantile(n - 1, (1 + CONFIDENCE) / 2) * deviation / math.sqrt(n)


def _p_value(mean: float, deviation: float, n: int) -> float:
    if deviation == 0:  # all differences are equal, as accuracies of few images may be: the exact test of their signs
        return 1.0 if mean == 0 else 2 * 0.5**n
    return 2 * student_t_cdf(n - 1, -abs(mean) * math.sqrt(n) / deviation)


@dataclass(frozen=True)
class WelchTest:
    """The difference of two means, its 95 % interval, and the two-sided p-value; null where a group has one value or
    no group has a spread.
    """

    difference: float
    interval: Interval | None
    p_value: float | None


def welch_t_test(first: Sequence[float], second: Sequence[float]) -> WelchTest:
    """Compares the means of two independent groups; `difference` is the first minus the second."""
    difference = fmean(first) - fmean(second)
    if min(len(first), len(second)) < MIN_VALUES:
        return WelchTest(difference, None, None)
    parts = [variance(values) / len(values) for values in (first, second)]
    error = math.sqrt(sum(parts))
    if error <= ROUNDING:
        return WelchTest(difference, None, None)
    degrees = sum(parts) ** 2 / sum(
        part**2 / (len(values) - 1) for part, values in zip(parts, (first, second), strict=True)
    )
    half = student_t_quantile(degrees, (1 + CONFIDENCE) / 2) * error
    p_value = 2 * student_t_cdf(degrees, -abs(difference) / error)
    return WelchTest(difference, (difference - half, difference + half), p_value)
