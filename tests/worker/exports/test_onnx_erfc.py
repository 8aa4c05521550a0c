"""A network with GELU as ONNX."""

from pathlib import Path

import keras
import numpy as np
import onnxruntime
import pytest

from tests.support.training.trainings import KERAS_SAVES_MODELS
from worker.exports import converters

pytestmark = [pytest.mark.slow, KERAS_SAVES_MODELS, pytest.mark.filterwarnings("ignore::FutureWarning")]


def test_gelu_is_exported(tmp_path: Path) -> None:
    image = keras.Input((4,))
    hidden = keras.layers.Dense(8, activation="gelu")(image)
    model = keras.Model(image, keras.layers.Dense(3, activation="softmax")(hidden))
    model.save(tmp_path / "best.keras")
    pixels = np.random.default_rng(0).normal(0, 3, (5, 4)).astype(np.float32)

    converters.onnx(tmp_path / "best.keras", tmp_path / "model.onnx")

    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    probabilities = session.run(None, {session.get_inputs()[0].name: pixels})[0]
    np.testing.assert_allclose(probabilities, model(pixels), atol=1e-6)
