"""Whether an exported file predicts what its run did: `python -m worker.exports.proof KIND FILE FOLDER TOLERANCE`.

`FOLDER` has samples.npz and preprocessing.json. Exits with 1 where the probabilities differ by more than `TOLERANCE`.
"""

import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from backend.datasets.preprocessing import Preprocessing
from worker.training.predicting import scaling


def main() -> int:
    kind, file, folder, tolerance = sys.argv[1:]
    with np.load(Path(folder) / "samples.npz") as samples:
        images, said = samples["images"], samples["probabilities"]
    prepares = Preprocessing.model_validate_json((Path(folder) / "preprocessing.json").read_text())
    answers = READERS[kind](Path(file), scaling(prepares)(images).numpy())
    difference = float(np.abs(answers - said).max())
    print(f"{len(images)} images, largest difference {difference:.2g}, allowed {float(tolerance):g}")
    return 0 if difference <= float(tolerance) else 1


def savedmodel(path: Path, images: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
        loaded = tf.saved_model.load(folder)  # what it serves needs it alive
        return loaded.serve(images).numpy()


def tflite(path: Path, images: Any) -> Any:
    interpreter = tf.lite.Interpreter(model_path=str(path))
    given, said = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    interpreter.resize_tensor_input(given, images.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(given, images)
    interpreter.invoke()
    return interpreter.get_tensor(said)


def onnx(path: Path, images: Any) -> Any:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})[0]


READERS: dict[str, Callable[[Path, Any], Any]] = {"savedmodel": savedmodel, "tflite": tflite, "onnx": onnx}


if __name__ == "__main__":
    sys.exit(main())
