"""Predictions for the tests of `backend.analysis`: given by hand, or random."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backend.analysis.predictions import Predictions


def by_hand(
    true: Sequence[int],
    predicted: Sequence[int],
    classes: Sequence[str] = ("cat", "dog", "owl"),
    confidence: Sequence[float] | None = None,
) -> Predictions:
    values = np.array(confidence or [0.5] * len(true), np.float16)
    return Predictions(
        classes=tuple(classes),
        true=np.array(true, np.uint8),
        predicted=np.array(predicted, np.uint8),
        second=np.array(true, np.uint8),
        confidence=values,
        second_confidence=(1 - values) / 2,
    )


def at_random(samples: int, classes: int, seed: int = 0, right: float = 0.7) -> Predictions:
    """Returns predictions of which a share of about `right` is correct; some classes may have no sample."""
    draw = np.random.default_rng(seed)
    true = draw.integers(0, classes, samples)
    predicted = np.where(draw.random(samples) < right, true, draw.integers(0, classes, samples))
    return Predictions(
        classes=tuple(f"class {number}" for number in range(classes)),
        true=true.astype(np.uint16),
        predicted=predicted.astype(np.uint16),
        second=((predicted + 1) % classes).astype(np.uint16),
        confidence=draw.random(samples).astype(np.float16),
        second_confidence=(draw.random(samples) / 2).astype(np.float16),
    )


def too_sure(samples: int, classes: int, temperature: float = 1.6) -> tuple[list[int], npt.NDArray[np.float32]]:
    """Returns labels, and probabilities (samples, classes) that are right once scaled by the temperature."""
    draw = np.random.default_rng(0)
    logits = 2 * draw.normal(size=(samples, classes))
    honest = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (honest.cumsum(axis=1) > draw.random((samples, 1))).argmax(axis=1)
    sure = np.exp(logits * temperature)
    return labels.tolist(), (sure / sure.sum(axis=1, keepdims=True)).astype(np.float32)
