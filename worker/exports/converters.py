"""Converts a saved Keras model to SavedModel, TensorFlow Lite and ONNX, each with a variable batch size."""

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import tensorflow as tf

from backend.analysis.temperature import SMALLEST
from worker.exports.onnx_erfc import register_erfc


def savedmodel(best: Path, path: Path) -> None:
    """Writes a zipped SavedModel; its `serve` takes scaled images, float32 of shape (n, H, W, C)."""
    with tempfile.TemporaryDirectory() as folder:
        load(best).export(folder, format="tf_saved_model", verbose=False)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(Path(folder).rglob("*")):
                archive.write(file, file.relative_to(folder))


def tflite(best: Path, path: Path) -> None:
    """Writes a TensorFlow Lite model in float32."""
    with tempfile.TemporaryDirectory() as folder:
        load(best).export(folder, format="tf_saved_model", verbose=False)
        path.write_bytes(tf.lite.TFLiteConverter.from_saved_model(folder).convert())


def onnx(best: Path, path: Path) -> None:
    """Writes an ONNX model with Keras' default operator set."""
    register_erfc()
    model = load(best)
    model(tf.zeros((1, *model.input_shape[1:])))  # the exporter refuses a loaded model that was never called
    model.export(path, format="onnx", verbose=False)


CONVERTERS: dict[str, Callable[[Path, Path], None]] = {"savedmodel": savedmodel, "tflite": tflite, "onnx": onnx}


@contextmanager
def scaled_model(best: Path, temperature: float | None) -> Iterator[Path]:
    """Gives the file of the same model whose probabilities are scaled; `best` itself without a temperature."""
    if temperature is None:
        yield best
        return
    model = load(best)
    probabilities = keras.ops.cast(model.output, "float32")
    logits = keras.ops.log(keras.ops.maximum(probabilities, SMALLEST)) / temperature
    with tempfile.TemporaryDirectory() as folder:
        scaled = Path(folder) / "scaled.keras"
        keras.Model(model.input, keras.ops.softmax(logits)).save(scaled)
        yield scaled


def load(best: Path) -> keras.Model:
    return for_inference(keras.saving.load_model(best, compile=False))


def for_inference(model: keras.Model) -> keras.Model:
    """Returns the model in inference mode, also where a layer says otherwise (see `Layer.call_arguments`)."""
    pixels = keras.Input(model.input_shape[1:])
    return keras.Model(pixels, model(pixels, training=False))
