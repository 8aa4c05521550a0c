"""Training images that are too many for the memory are read from their memory map, with the same numbers."""

from pathlib import Path

import keras
import numpy as np
import pytest

from backend.planning import image_memory
from tests.support.training.trainings import KERAS_SAVES_MODELS, TINY, Recorded, spec, tiny_dataset
from worker.training.fit import train

pytestmark = [KERAS_SAVES_MODELS, pytest.mark.slow]

FROM_TRAIN = {"validation": {"from": "train", "fraction": 0.2}}


def test_a_training_from_disk_equals_one_from_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored, reports, weights = tiny_dataset(tmp_path), [], []
    changes = {"dataset": {"name": "tiny", **FROM_TRAIN}, "preprocessing": {"scaling": "standard"}}
    run_spec = spec("tiny", TINY, epochs=2, batch_size=8, augmentation={"width_shift": 0.2}, **changes)
    for share in (image_memory.HELD_SHARE, 0.0):
        monkeypatch.setattr(image_memory, "HELD_SHARE", share)
        folder, report = tmp_path / f"share {share}", Recorded()
        folder.mkdir()
        outcome = train(run_spec, stored, folder, report)
        reports.append(report)
        weights.append(keras.saving.load_model(outcome.final.path).get_weights())

    held, mapped = reports
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert held.series(name) == mapped.series(name)
    for held_weight, mapped_weight in zip(*weights, strict=True):
        np.testing.assert_array_equal(held_weight, mapped_weight)
    assert any("are read from disk" in line for line in mapped.lines)
    assert not any("are read from disk" in line for line in held.lines)
