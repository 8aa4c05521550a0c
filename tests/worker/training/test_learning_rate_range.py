"""The steps of a learning-rate range test."""

from pathlib import Path

import numpy as np
import pytest

from backend.planning.learning_rate_range import STEPS
from tests.support.trainings import TINY, spec, tiny_dataset
from worker.training.errors import TrainingError
from worker.training.inference.learning_rate_range import range_test


def test_each_step_has_a_higher_rate_and_a_finite_loss(tmp_path: Path) -> None:
    result = range_test(spec("tiny", TINY, batch_size=8), tiny_dataset(tmp_path), 60)

    rates, losses = result["learning_rates"], result["losses"]
    assert len(rates) == len(losses) <= STEPS
    assert len(losses) > STEPS // 2
    assert (np.diff(rates) > 0).all()
    assert np.isfinite(losses).all()
    assert min(losses) < losses[0]


def test_a_network_that_is_too_slow_is_refused_with_its_time(tmp_path: Path) -> None:
    with pytest.raises(TrainingError) as refused:
        range_test(spec("tiny", TINY, batch_size=8), tiny_dataset(tmp_path), 0.001)
    assert "so 100 steps take" in refused.value.detail
    assert "smaller batches" in refused.value.hint
