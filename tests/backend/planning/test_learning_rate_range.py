"""The suggestion of a learning-rate range test, and the route's refusals."""

import numpy as np
import pytest
from starlette.testclient import TestClient

from backend.planning.learning_rate_range import evaluate, smoothed

RATES = [float(rate) for rate in np.geomspace(1e-6, 1, 100)]


def valley(lowest: int) -> list[float]:
    """Returns losses that fall up to step `lowest` and rise after it."""
    return [2.3 - 2 * min(step, lowest) / 100 + max(0, step - lowest) ** 2 / 100 for step in range(100)]


def test_a_tenth_of_the_rate_at_the_lowest_loss_is_suggested() -> None:
    result = evaluate(RATES, valley(70))
    assert result.suggestion == pytest.approx(RATES[72] / 10, rel=0.3)  # smoothing lags by some steps
    assert f"{result.suggestion:g}" in result.text


def test_a_loss_that_never_falls_suggests_nothing() -> None:
    noise = 2.3 + np.random.default_rng(0).normal(0, 0.02, 100)
    assert evaluate(RATES, list(noise)).suggestion is None
    assert evaluate([], []).suggestion is None


def test_smoothing_begins_at_the_first_loss() -> None:
    assert smoothed([2.0, 2.0, 2.0]) == pytest.approx([2.0, 2.0, 2.0])


@pytest.mark.parametrize(
    ("spec", "status"),
    [
        ({"dataset": {"name": "mnist"}, "model": {"preset": "strided_cnn"}}, 404),
        ({"dataset": {"name": "nothing"}, "model": {"preset": "strided_cnn"}}, 404),
        ({"dataset": {"name": "digits"}, "model": {"preset": "strided_cnn", "options": {"filters": [8] * 8}}}, 422),
    ],
)
def test_what_can_not_be_trained_is_refused(client: TestClient, spec: dict[str, object], status: int) -> None:
    answer = client.post("/api/specs/learning-rate-range", json=spec)
    assert answer.status_code == status, answer.text
