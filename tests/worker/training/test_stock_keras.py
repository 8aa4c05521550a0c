"""A model that was trained with fused operations is Keras' own: it loads where this project isn't installed."""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import keras
import numpy as np

from backend.spec import RunSpec
from tests.support.training.trainings import KERAS_SAVES_MODELS, spec
from worker.training import compiling, networks

pytestmark = KERAS_SAVES_MODELS

CLASSES, STEPS = 3, 4
LAYERS = [
    {"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": 3}},
    {"class_name": "BatchNormalization", "config": {}},
    {"class_name": "ReLU", "config": {}},
    {"class_name": "Flatten", "config": {}},
    {"class_name": "Dense", "config": {"units": CLASSES, "activation": "softmax"}},
]
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")

# Without site, no file of the packages' folder adds this project to the path.
STOCK_KERAS = (sys.executable, "-I", "-S", "-c")
PREDICT = """
import json, pathlib, sys
from importlib.util import find_spec

folder, packages = pathlib.Path(sys.argv[1]), sys.argv[2]
sys.path.append(packages)
assert [name for name in ("backend", "standalone", "worker") if find_spec(name)] == []

import keras
import numpy as np

images, labels = np.load(folder / "images.npy"), np.load(folder / "labels.npy")
iterations = {}
for file in folder.glob("*.keras"):
    model = keras.saving.load_model(file)
    np.save(file.with_suffix(".npy"), model.predict(images, verbose=0))
    model.train_on_batch(images, labels)
    iterations[file.stem] = int(model.optimizer.iterations)
print(json.dumps(iterations))
"""


def trained(run_spec: RunSpec, images: np.ndarray, labels: np.ndarray) -> keras.Model:
    model = networks.build(run_spec.model, images.shape[1:], CLASSES, run_spec.precision)
    compiling.compile_model(model, run_spec)
    for _ in range(STEPS):
        model.train_on_batch(images, labels)
    return model


def is_fused(model: keras.Model) -> bool:
    optimizer: Any = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    return "call" in vars(model.layers[1]) and "update_step" in vars(optimizer)


def test_fused_models_load_predict_and_train_on_in_stock_keras(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    images, labels = draw.normal(size=(16, 8, 8, 1)).astype(np.float32), np.arange(16) % CLASSES
    np.save(tmp_path / "images.npy", images)
    np.save(tmp_path / "labels.npy", labels)
    models = {
        name: trained(spec("tiny", {}, model={"layers": LAYERS}, precision=name), images, labels) for name in PRECISIONS
    }
    assert all(map(is_fused, models.values()))
    for name, model in models.items():
        model.save(tmp_path / f"{name}.keras")

    command = (*STOCK_KERAS, PREDICT, str(tmp_path), sysconfig.get_path("purelib"))
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == dict.fromkeys(PRECISIONS, STEPS + 1)
    for name, model in models.items():
        predictions = np.load(tmp_path / f"{name}.npy")
        assert np.isfinite(predictions).all()
        np.testing.assert_allclose(predictions, model.predict(images, verbose=0), atol=1e-6)
