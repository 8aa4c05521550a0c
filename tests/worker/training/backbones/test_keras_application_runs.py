"""Runs of a backbone of keras.applications: their weights come first, they resume, and train.py gives their numbers."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pytest

from backend.datasets import store
from backend.datasets.store import StoredDataset
from backend.files import hash_of
from backend.script import script
from backend.spec import RunSpec
from backend.spec.backbones.mobilenet_v3_small import MobileNetV3Small
from tests.support.files.file_server import ServedFile, serving
from tests.support.models.keras_weights import random_network, save_as_keras_did
from tests.support.training.fork_server import run_fresh
from tests.support.training.scripts import script_input
from tests.support.training.trainings import KERAS_SAVES_MODELS, Recorded
from worker.datasets.ingest import prepare
from worker.training.fit import train
from worker.training.report import Resume

pytestmark = [pytest.mark.slow, KERAS_SAVES_MODELS]

SPEC = RunSpec.model_validate(
    {
        "dataset": {"name": "digits", "train_limit": 40, "test_limit": 20},
        "model": {"backbone": "MobileNetV3Small", "options": {"input_size": 32}},
        "epochs": 2,
    }
)


class InOrder(Recorded):
    """A report whose lines also say when training started."""

    def training_started(self, parameters: int) -> None:
        super().training_started(parameters)
        self.log("training starts")


@dataclass(frozen=True)
class Weights:
    content: bytes
    place: Path


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weights:
    """Weights that Keras' host would have, and their place in an empty KERAS_HOME."""
    file = save_as_keras_did(random_network("MobileNetV3Small"), tmp_path / "weights.h5")
    monkeypatch.setattr(MobileNetV3Small, "digest", hash_of(file, "MD5"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return Weights(file.read_bytes(), tmp_path / "keras" / "models" / MobileNetV3Small.file)


def trained(dataset: StoredDataset, folder: Path, resume: Resume | None = None) -> InOrder:
    folder.mkdir()
    report = InOrder()
    train(SPEC, dataset, folder, report, resume)
    return report


def test_a_run_downloads_its_weights_before_training_starts_and_resumes_exactly(
    weights: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = np.random.default_rng(3)
    part = (draw.integers(0, 256, (40, 32, 32, 3), np.uint8), np.arange(40) % 2)
    dataset = StoredDataset.open(store.write(tmp_path, "digits", ["even", "odd"], {"train": part, "test": part})[0])

    with serving(ServedFile(weights.content)) as address:
        monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", address)
        whole = trained(dataset, tmp_path / "whole")
    first = whole.epochs[0]
    resumed = trained(dataset, tmp_path / "resumed", Resume(first.state.path, first.best.path if first.best else None))

    assert whole.lines.index(f"info Downloading {MobileNetV3Small.file}") < whole.lines.index("info training starts")
    assert any(line.startswith("info MobileNetV3Small begins with what it learnt from") for line in whole.lines)
    assert weights.place.read_bytes() == weights.content
    assert resumed.series("loss") == whole.series("loss")[1:]


@pytest.mark.thorough
def test_its_script_gives_the_runs_numbers(weights: Weights, tmp_path: Path) -> None:
    """The script finds the weights by `keras.utils.get_file` in Keras' cache."""
    weights.place.parent.mkdir(parents=True)
    weights.place.write_bytes(weights.content)
    (tmp_path / "train.py").write_text(script(script_input(SPEC)))
    folder = prepare("digits", tmp_path / "datasets", print)[0]
    run = f"""
from backend.spec.backbones.mobilenet_v3_small import MobileNetV3Small
from tests.support.training import train_alone
MobileNetV3Small.digest = {MobileNetV3Small.digest!r}
train_alone.main()
"""
    (tmp_path / "run").mkdir()

    scripted = run_fresh(("train.py",), folder=tmp_path)
    trainer = run_fresh(("-c", run, str(folder), str(tmp_path / "run")), stdin=SPEC.model_dump_json(by_alias=True))

    assert (scripted.returncode, trainer.returncode) == (0, 0), scripted.stderr + trainer.stderr
    ours, theirs = (keras.saving.load_model(path / "final.keras") for path in (tmp_path / "run", tmp_path))
    for array, script_array in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(script_array, array)
