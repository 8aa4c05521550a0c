"""Calibration and temperature scaling, against scikit-learn and SciPy."""

import time
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, bootstrap
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss

from backend.analysis.calibration import Calibration, calibration
from backend.analysis.temperature import MAX_PROBABILITIES, cross_fit, halves_of, scaled
from tests.support.runs.predictions import too_sure

LABELS, PROBABILITIES = too_sure(samples=2_000, classes=5)
CONFIDENCE = PROBABILITIES.max(axis=1)
IS_RIGHT = PROBABILITIES.argmax(axis=1) == LABELS


@pytest.fixture(scope="module")
def result() -> Calibration:
    return calibration(CONFIDENCE, IS_RIGHT, bins=15)


def expected_calibration_error(confidence: np.ndarray, is_right: np.ndarray) -> float:
    """Returns the formula of Guo et al. (2017), written for one bin after the other."""
    edges = np.linspace(0, 1, 16)
    error = 0.0
    for low, high in pairwise(edges):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += inside.mean() * abs(is_right[inside].mean() - confidence[inside].mean())
    return error


def test_bins_equal_scikit_learns(result: Calibration) -> None:
    accuracy, confidence = calibration_curve(IS_RIGHT, CONFIDENCE, n_bins=15)
    bins = [bin_ for bin_ in result.bins if bin_.n]
    assert [bin_.accuracy for bin_ in bins] == pytest.approx(accuracy)
    assert [bin_.confidence for bin_ in bins] == pytest.approx(confidence)
    assert sum(bin_.n for bin_ in bins) == 2_000


def test_the_calibration_error_equals_the_formula(result: Calibration) -> None:
    assert result.ece == pytest.approx(expected_calibration_error(CONFIDENCE, IS_RIGHT))


def test_its_interval_equals_scipys_bootstrap(result: Calibration) -> None:
    data = (CONFIDENCE, IS_RIGHT)
    error = expected_calibration_error
    sampled = bootstrap(data, error, paired=True, vectorized=False, n_resamples=600, method="basic", rng=1)
    assert result.ece_interval == pytest.approx(tuple(sampled.confidence_interval), abs=0.003)


def test_intervals_of_accuracies_equal_scipys(result: Calibration) -> None:
    for bin_ in (bin_ for bin_ in result.bins if bin_.n):
        right = round((bin_.accuracy or 0) * bin_.n)
        assert bin_.interval == pytest.approx(tuple(binomtest(right, bin_.n).proportion_ci(method="wilson")))


def test_answering_counts_the_images_at_least_this_sure(result: Calibration) -> None:
    answering = result.answering
    for threshold, answered, right in zip(answering.threshold, answering.answered, answering.right, strict=True):
        is_sure = np.float64(CONFIDENCE) >= threshold
        assert (answered, right) == (is_sure.sum(), (is_sure & IS_RIGHT).sum())
    assert (answering.share[0], answering.accuracy[0]) == (1.0, result.accuracy)


def test_no_answer_has_no_accuracy() -> None:
    answering = calibration(np.array([0.5]), np.array([True]), bins=2).answering
    assert (answering.accuracy[-1], answering.interval[-1], answering.share[-1]) == (None, None, 0.0)


def test_the_temperature_minimizes_the_log_loss() -> None:
    fit = cross_fit(PROBABILITIES, np.array(LABELS))
    best = minimize_scalar(lambda t: log_loss(LABELS, scaled(PROBABILITIES, t)), bounds=(0.1, 10), method="bounded")
    assert fit.temperature == pytest.approx(best.x, rel=1e-3)
    assert fit.temperature == pytest.approx(1.6, rel=0.1), "the probabilities were made too sure by 1.6"


def test_a_hundred_thousand_images_are_thinned_out_for_the_fit_and_all_judged() -> None:
    labels, probabilities = too_sure(100_000, 25)
    assert probabilities.size > MAX_PROBABILITIES
    started = time.process_time()
    fit = cross_fit(probabilities, np.array(labels))
    result = calibration(fit.confidence, probabilities.argmax(axis=1) == labels, 15)
    assert time.process_time() - started < 3, "an answer waits for it"
    assert fit.temperature == pytest.approx(1.6, rel=0.03)
    assert result.n == 100_000
    assert result.ece < 0.01


def test_scaling_is_judged_on_images_that_it_was_not_fitted_on() -> None:
    fit = cross_fit(PROBABILITIES, np.array(LABELS))
    one, other = halves_of(len(LABELS))
    first = cross_fit(PROBABILITIES[one], np.array(LABELS)[one]).temperature
    assert fit.confidence[other] == pytest.approx(scaled(PROBABILITIES[other], first).max(axis=1), rel=1e-3)
    assert calibration(fit.confidence, IS_RIGHT, 15).ece < calibration(CONFIDENCE, IS_RIGHT, 15).ece / 3


@pytest.mark.parametrize(
    ("probabilities", "true"),
    [([[1.0, 0.0]], [1]), ([[1.0, 0.0]] * 4, [0] * 4), ([[0.5, 0.5]] * 4, [0, 1, 0, 1])],
    ids=["one wrong image", "sure and right", "not sure at all"],
)
def test_degenerate_probabilities_have_a_temperature_within_its_range(
    probabilities: list[list[float]], true: list[int]
) -> None:
    fit = cross_fit(np.array(probabilities, np.float32), np.array(true))
    assert 0.1 <= fit.temperature <= 10
    assert np.all((fit.confidence >= 0.5) & (fit.confidence <= 1))


def test_confidences_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="numbers"):
        calibration(np.array([0.5, np.nan]), np.array([True, False]), bins=15)
