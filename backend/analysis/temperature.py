"""Temperature scaling (Guo et al., 2017): one number that divides the logits, fitted by the negative log likelihood.

No prediction changes, only how sure it is. Logits are recovered from probabilities as their logarithms, which differ
from the network's own by a constant for each image, and softmax ignores it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.analysis.predictions import Floats, Indexes

Probabilities = npt.NDArray[np.float32]
SMALLEST = 1e-30  # a probability of 0 has no logarithm; float32 holds this one
RANGE = (0.1, 10.0)  # beyond it, the labels or the probabilities are degenerate
STEPS = 12
TOLERANCE = 1e-4  # of 1 / temperature, where the search ends
MAX_PROBABILITIES = 2_000_000  # of one fit; one number needs no more images than these


@dataclass(frozen=True)
class Fit:
    """`temperature` is fitted on all images; each of `confidence` (N,) is scaled by that of the other half of them."""

    temperature: float
    confidence: Floats


def scaled(probabilities: Any, temperature: float) -> Any:
    """Returns probabilities of shape (n, classes), in float32, whose logits are divided by `temperature`."""
    logits = np.log(np.maximum(np.asarray(probabilities, np.float32), np.float32(SMALLEST))) / np.float32(temperature)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cross_fit(probabilities: Probabilities, true: npt.NDArray[Any]) -> Fit:
    """Fits the temperature, and judges it on images that it was not fitted on.

    The images are divided into two halves by chance: a half's temperature scales the other half.
    """
    images = len(true)
    halves = halves_of(images) if images > 1 else [np.arange(1)] * 2
    fits = [_fit(probabilities[half], true[half], 1.0) for half in halves]
    confidence = np.empty(images)
    for half, temperature in zip(halves, reversed(fits), strict=True):
        confidence[half] = _confidence(probabilities[half], temperature)
    return Fit(_fit(probabilities, true, sum(fits) / 2), confidence)


def halves_of(images: int) -> list[Indexes]:
    """Returns the positions of two halves. They are drawn, because images may be stored in a cycle of classes."""
    return np.array_split(np.random.default_rng(0).permutation(images), 2)


def _confidence(probabilities: Probabilities, temperature: float) -> Floats:
    rows = max(1, MAX_PROBABILITIES // probabilities.shape[1])
    chunks = (probabilities[first : first + rows] for first in range(0, len(probabilities), rows))
    sums = [np.exp(_logits(chunk) / np.float32(temperature)).sum(axis=1) for chunk in chunks]
    return 1 / np.concatenate(sums)


def _logits(probabilities: Probabilities) -> Probabilities:
    """Returns logits whose maximum is 0 for each image."""
    logits: Probabilities = np.log(np.maximum(probabilities, np.float32(SMALLEST)))
    logits -= logits.max(axis=1, keepdims=True)
    return logits


def _fit(probabilities: Probabilities, true: npt.NDArray[Any], start: float) -> float:
    """Returns the temperature, by Newton's method for its inverse, in which the likelihood is convex.

    Large arrays are thinned out evenly.
    """
    step = -(-probabilities.size // MAX_PROBABILITIES)
    logits, labels = _logits(probabilities[::step]), true[::step]
    own, inverse = logits[np.arange(len(labels)), labels], 1 / start
    for _ in range(STEPS):
        previous, (slope, curvature) = inverse, _derivatives(logits, own, inverse)
        newton = inverse - slope / max(curvature, 1e-12)
        inverse = min(max(newton, inverse / 3, 1 / RANGE[1]), inverse * 3, 1 / RANGE[0])
        if abs(inverse - previous) <= TOLERANCE * inverse:
            break
    return 1 / inverse


def _derivatives(logits: Probabilities, own: Probabilities, inverse: float) -> tuple[float, float]:
    """Returns the first and second derivative of the mean negative log likelihood by 1 / temperature."""
    powers = np.exp(logits * np.float32(inverse))
    total = powers.sum(axis=1)
    powers *= logits
    mean = powers.sum(axis=1) / total
    powers *= logits
    square = powers.sum(axis=1) / total
    return float(np.mean(mean - own, dtype=np.float64)), float(np.mean(square - mean**2, dtype=np.float64))
