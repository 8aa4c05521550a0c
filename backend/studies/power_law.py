"""The power law of a learning curve. SciPy is imported where it is used: the service starts without it."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.analysis.statistics.distributions import student_t_quantile
from backend.analysis.statistics.scipy_import import SCIPY_IMPORT
from backend.analysis.statistics.t_tests import CONFIDENCE, Interval

STEEPEST, FLATTEST = -5.0, -0.01  # exponents that are tried
PARAMETERS = 3  # of the power law; an interval needs one point more

Array = NDArray[np.float64]


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
        if self.covariance is None:
            return None
        power = (images / self.scale) ** self.c
        slope = (self.value(images) - self.a) * math.log(images / self.scale)
        gradient = np.array([1.0, power, slope])
        half = student_t_quantile(self.degrees, (1 + CONFIDENCE) / 2) * float(
            np.sqrt(gradient @ self.covariance @ gradient)
        )
        return (self.value(images) - half, self.value(images) + half) if math.isfinite(half) else None


def fit_power_law(images: Sequence[int], values: Sequence[float]) -> PowerLaw | None:
    """Fits the curve to one point a run. Returns None where there are fewer than three sizes, or no fit is found."""
    with SCIPY_IMPORT:
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
