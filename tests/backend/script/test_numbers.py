"""`train.py` really run, in a process of its own: it gives the run's metrics and weights, bit for bit."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from backend.datasets import npz, store
from backend.datasets.built_in import BUILT_IN
from backend.datasets.store import StoredDataset
from backend.script import script
from backend.spec import RunSpec
from backend.spec.recipes import recipe_spec, recipes
from tests.support.training.fork_server import RunPython, run_fresh
from tests.support.training.scripts import ALL_VARIATIONS, SPECS, script_input, spec
from tests.support.training.trainings import KERAS_SAVES_MODELS
from worker.datasets.ingest import prepare
from worker.training import networks

pytestmark = [pytest.mark.slow, KERAS_SAVES_MODELS]

METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")
FEW = ("every augmentation", "residual")
ALWAYS, SOMETIMES = FEW, tuple(name for name in SPECS if name not in FEW)


@dataclass
class Trained:
    metrics: list[list[float]]
    weights: list[Any]


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare("digits", tmp_path_factory.mktemp("datasets"), lambda _: None)[0]


def train_with_trainer(
    run_python: RunPython, run_spec: RunSpec, dataset: Path, folder: Path, *initial: Path
) -> Trained:
    folder.mkdir()
    arguments = ("-m", "tests.support.training.train_alone", str(dataset), str(folder), *map(str, initial))
    ended = run_python(arguments, stdin=run_spec.model_dump_json(by_alias=True))
    assert ended.returncode == 0, ended.stderr
    epochs = json.loads(ended.stdout.splitlines()[-1])["epochs"]
    return Trained([[epoch[name] for name in METRICS] for epoch in epochs], weights(folder))


def train_with_script(run_python: RunPython, text: str, folder: Path) -> Trained:
    (folder / "train.py").write_text(text)
    ended = run_python(("train.py",), folder=folder)
    assert ended.returncode == 0, ended.stderr
    with (folder / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    return Trained([[float(row[name]) for name in METRICS] for row in rows], weights(folder))


def weights(folder: Path) -> list[Any]:
    loaded: list[Any] = keras.saving.load_model(folder / "final.keras", compile=False).get_weights()
    return loaded


def check_equal(
    run_python: RunPython, run_spec: RunSpec, text: str, dataset: Path, folder: Path, *initial: Path
) -> Trained:
    return check_run(run_python, run_spec, train_with_script(run_python, text, folder), dataset, folder, *initial)


def check_run(
    run_forked: RunPython, run_spec: RunSpec, scripted: Trained, dataset: Path, folder: Path, *initial: Path
) -> Trained:
    """Trains the run as the script did, in a fork as every trainer is, and compares both."""
    trained = train_with_trainer(run_forked, run_spec, dataset, folder / "run", *initial)
    np.testing.assert_array_equal(scripted.metrics, trained.metrics)
    for array, script_array in zip(trained.weights, scripted.weights, strict=True):
        np.testing.assert_array_equal(script_array, array)
    return trained


@pytest.mark.parametrize("name", [*ALWAYS, *(pytest.param(name, marks=pytest.mark.thorough) for name in SOMETIMES)])
def test_it_gives_the_runs_metrics_and_weights(name: str, digits: Path, tmp_path: Path, run_forked: RunPython) -> None:
    run_spec = spec(**SPECS[name])

    trained = check_equal(run_forked, run_spec, script(script_input(run_spec)), digits, tmp_path)

    assert len(trained.metrics) >= 1


def test_an_uploaded_dataset_comes_by_its_file(tmp_path: Path, run_forked: RunPython) -> None:
    """The script runs in an interpreter of its own, as it does at home; those of the other tests run in forks."""
    draw = np.random.default_rng(3)
    images = draw.integers(0, 256, (150, 12, 12, 3), dtype=np.uint8)
    labels = draw.integers(0, 3, 150)
    parts = {"train": slice(0, 90), "validation": slice(90, 120), "test": slice(120, 150)}
    arrays = {split: (images[part], labels[part]) for split, part in parts.items()}
    classes = ['a "cat"', "dog\\", "'''"]
    folder, _ = store.write(tmp_path, "mine", classes, arrays)
    (tmp_path / "arrays.npz").write_bytes(b"".join(npz.stream_npz(StoredDataset.open(folder))))
    run_spec = spec(
        dataset={"name": "mine", "validation": {"from": "validation"}},
        preprocessing={"scaling": "standard"},
        augmentation={**ALL_VARIATIONS, "fill_mode": "wrap"},
        class_weights={'a "cat"': 3.0},
    )

    text = script(script_input(run_spec, (12, 12, 3), classes=classes))
    check_run(run_forked, run_spec, train_with_script(run_fresh, text, tmp_path), folder, tmp_path)


def test_it_begins_with_another_runs_weights(digits: Path, tmp_path: Path, run_forked: RunPython) -> None:
    train_with_trainer(run_forked, spec(seed=9), digits, tmp_path / "first")
    initial = next((tmp_path / "first").glob("best-*.keras"))
    (tmp_path / "init.keras").write_bytes(initial.read_bytes())
    run_spec = spec(init={"run": "0011223344556677"})

    check_equal(run_forked, run_spec, script(script_input(run_spec)), digits, tmp_path, initial)


def defined(text: str) -> dict[str, Any]:
    """What a script defines, without running `main`."""
    module: dict[str, Any] = {"__name__": "a_script"}
    exec(compile(text, "train.py", "exec"), module)  # noqa: S102 - we made it
    return module


@pytest.mark.parametrize("name", [recipe.name for recipe in recipes()])
def test_the_network_of_each_recipe_is_the_runs(name: str) -> None:
    run_spec = recipe_spec(name)
    known = BUILT_IN[run_spec.dataset.name]
    text = script(script_input(run_spec, known.image_shape, classes=list(known.classes)))
    module = defined(text)

    keras.utils.set_random_seed(1)
    keras.backend.clear_session()
    scripted = module["build"]()
    module["compile_model"](scripted)
    keras.utils.set_random_seed(1)
    keras.backend.clear_session()
    trained = networks.build(run_spec.model, known.image_shape, len(known.classes))

    assert summary(scripted) == summary(trained)
    assert scripted.get_config() == trained.get_config()


def summary(model: Any) -> list[str]:
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    return [line for line in lines if "ptimizer" not in line and "Total" not in line]


@pytest.mark.parametrize("name", [name for name in BUILT_IN if name != "digits"])
def test_what_keras_loads_equals_what_is_stored(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = BUILT_IN[name]
    height, width, channels = known.image_shape
    shape = (5, height, width) if channels == 1 else (5, height, width, channels)
    images, labels = np.zeros(shape, np.uint8), np.arange(5, dtype=np.uint8)
    loaded_by_keras = (images, labels if channels == 1 else labels[:, None])
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", lambda: (loaded_by_keras, loaded_by_keras))
    run_spec = spec(dataset={"name": name}, model={"preset": "strided_cnn", "options": {"filters": [4]}})

    loaded = defined(script(script_input(run_spec, known.image_shape, classes=list(known.classes))))["load"]()

    for images_of_split, labels_of_split in loaded:
        assert images_of_split.shape == (5, *known.image_shape)
        assert labels_of_split.tolist() == [0, 1, 2, 3, 4]
