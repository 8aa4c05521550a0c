"""The steps of a learning-rate range test."""

from pathlib import Path

import numpy as np
import pytest

from backend.planning.learning_rate_range import STEPS
from tests.support.training.trainings import KERAS_SAVES_MODELS, TINY, spec, tiny_dataset
from worker.training import networks
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


@KERAS_SAVES_MODELS
def test_it_begins_with_the_weights_of_another_model(tmp_path: Path) -> None:
    dataset, tiny = tiny_dataset(tmp_path), spec("tiny", TINY, batch_size=8)
    shape, classes = dataset.manifest.image_shape, len(dataset.manifest.classes)
    model = networks.build(tiny.model, shape, classes, tiny.precision)
    for variable in model.trainable_variables:
        variable.assign(np.zeros(variable.shape))
    model.save(tmp_path / "zeros.keras")

    losses = range_test(tiny, dataset, 60, tmp_path / "zeros.keras")["losses"]

    assert losses[0] == pytest.approx(np.log(classes), rel=1e-4)  # all classes are alike to zeros


def test_a_network_that_is_too_slow_is_refused_with_its_time(tmp_path: Path) -> None:
    with pytest.raises(TrainingError) as refused:
        range_test(spec("tiny", TINY, batch_size=8), tiny_dataset(tmp_path), 0.001)
    assert "so 100 steps take" in refused.value.detail
    assert "smaller batches" in refused.value.hint
