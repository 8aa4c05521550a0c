"""Mixed precision: computed in 16 bits, reported and saved in 32."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.support.trainings import FOR_DIGITS, KERAS_SAVES_MODELS, Recorded, digits_dataset, spec
from worker.training.fit import train

pytestmark = [KERAS_SAVES_MODELS, pytest.mark.slow]


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_it_learns_and_the_saved_model_answers_the_same_in_stock_keras(tmp_path: Path, precision: str) -> None:
    dataset, report, folder = digits_dataset(tmp_path), Recorded(), tmp_path / "run"
    folder.mkdir()
    run_spec = spec("digits", FOR_DIGITS, epochs=3, precision=precision, optimizer={"learning_rate": 0.003})

    train(run_spec, dataset, folder, report)

    best = [epoch for epoch in report.epochs if epoch.best][-1]
    assert best.best is not None
    assert best.probabilities is not None
    probabilities = np.load(best.probabilities.path)
    model = keras.saving.load_model(best.best.path)
    again = model.predict(dataset.images("test") / np.float32(255), batch_size=1_000, verbose=0)
    assert report.series("val_accuracy")[-1] > 0.85
    assert probabilities.dtype == again.dtype == np.float32
    np.testing.assert_allclose(again, probabilities, atol=0.02)
    assert {weight.dtype for weight in model.get_weights()} == {np.dtype(np.float32)}
    assert [layer.compute_dtype for layer in model.layers][-1] == "float32"
    assert model.layers[0].compute_dtype == precision.removeprefix("mixed_")
    assert report.lines[0].endswith(precision)


def test_the_speed_of_each_precision_is_one_line_of_json() -> None:
    command = (sys.executable, "-m", "worker.training.inference.speed")
    ended = subprocess.run(command, capture_output=True, text=True, timeout=200, check=True)

    result = json.loads(ended.stdout)

    assert set(result) == {"device", "seconds", "multiplications_per_second"}
    for speeds in (result["seconds"], result["multiplications_per_second"]):
        assert set(speeds) == {"float32", "mixed_bfloat16", "mixed_float16"}
        assert min(speeds.values()) > 0
