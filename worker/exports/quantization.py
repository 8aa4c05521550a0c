"""Converts a saved Keras model to small TensorFlow Lite files: weights in float16, or all numbers in int8.

Both take and return float32, as `model.tflite` does, so that one can replace the other. The int8 file computes in
integers from its first layer to its softmax.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from backend.datasets.pictures.preprocessing import Preprocessing
from backend.datasets.splits import partition
from backend.datasets.store import StoredDataset
from backend.spec import RunSpec
from worker.exports.converters import for_inference
from worker.exports.export_request import CALIBRATION_IMAGES, ExportRequest
from worker.training.inference.graph import graph
from worker.training.inference.prediction import scaling


def write_small(path: Path, request: ExportRequest) -> None:
    """Writes the file of `request.kind` with its probabilities scaled as the other exports scale them."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        _model(request).export(folder, format="tf_saved_model", verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if request.kind == "tflite_float16":
            converter.target_spec.supported_types = [tf.float16]
        else:
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.representative_dataset = lambda: _calibration(request)
        path.write_bytes(converter.convert())


def _model(request: ExportRequest) -> keras.Model:
    """Returns the model with its scores divided by the temperature: int8 has no logarithm of a probability."""
    model = keras.saving.load_model(request.best, compile=False)
    if request.temperature is None:
        return for_inference(model)
    network = graph(model)
    scores = keras.ops.cast(network.scores, "float32") / request.temperature
    return for_inference(keras.Model(network.input, keras.ops.softmax(scores)))


def _calibration(request: ExportRequest) -> Iterator[list[npt.NDArray[np.float32]]]:
    """Yields training images, one at a time and scaled, drawn by the run's seed."""
    spec, dataset = RunSpec.model_validate_json(request.texts["spec.json"]), StoredDataset.open(Path(request.dataset))
    train, _ = partition(dataset.labels("train"), spec.dataset.train_limit, spec.dataset.validation, spec.seed)
    images, scale = dataset.images("train"), scaling(Preprocessing.model_validate(request.preprocessing))
    for position in np.random.default_rng(spec.seed).permutation(train)[:CALIBRATION_IMAGES]:
        yield [scale(images[position][None]).numpy()]
