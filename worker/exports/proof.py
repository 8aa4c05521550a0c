"""Proves an exported model: `python -m worker.exports.proof KIND FILE FOLDER TOLERANCE`.

`FOLDER` has samples.npz and preprocessing.json. The exit code is 1 if a probability differs by more than `TOLERANCE`
from the stored one.
"""

import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from backend.datasets.pictures.preprocessing import Preprocessing
from worker.training.preload import quick_imports


def main() -> int:
    with quick_imports():
        from worker.training.inference.prediction import scaling

    kind, file, folder, tolerance = sys.argv[1:]
    with np.load(Path(folder) / "samples.npz") as samples:
        images, expected = samples["images"], samples["probabilities"]
    preprocessing = Preprocessing.model_validate_json((Path(folder) / "preprocessing.json").read_text())
    probabilities = PREDICTORS[kind](Path(file), scaling(preprocessing)(images).numpy())
    difference = float(np.abs(probabilities - expected).max())
    print(f"{len(images)} images, largest difference {difference:.2g}, allowed {float(tolerance):g}")
    return 0 if difference <= float(tolerance) else 1


def savedmodel(path: Path, images: Any) -> Any:
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
        loaded = tf.saved_model.load(folder)  # `serve` works only while this object exists
        return loaded.serve(images).numpy()


def tflite(path: Path, images: Any) -> Any:
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(model_path=str(path))
    input_index = interpreter.get_input_details()[0]["index"]
    output_index = interpreter.get_output_details()[0]["index"]
    interpreter.resize_tensor_input(input_index, images.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(input_index, images)
    interpreter.invoke()
    return interpreter.get_tensor(output_index)


def onnx(path: Path, images: Any) -> Any:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})[0]


PREDICTORS: dict[str, Callable[[Path, Any], Any]] = {"savedmodel": savedmodel, "tflite": tflite, "onnx": onnx}


if __name__ == "__main__":
    sys.exit(main())
