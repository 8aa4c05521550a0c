"""Real trainings: on the digits, and on noise where the digits would take too long."""

import errno
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from backend.datasets.store import StoredDataset
from backend.files import SavedFile, save_file
from tests.support.training.tiny_runs import run_tiny
from tests.support.training.trainings import (
    FOR_DIGITS,
    KERAS_SAVES_MODELS,
    TINY,
    Recorded,
    digits_dataset,
    spec,
    tiny_dataset,
)
from worker.training import compiling, files, networks
from worker.training.callbacks.learning_rate import LearningRateSchedule
from worker.training.errors import TrainingError
from worker.training.fit import train
from worker.training.report import Outcome, Resume, SavedEpoch

pytestmark = KERAS_SAVES_MODELS

IN_A_FRESH_PYTHON = """
import json, sys, keras, numpy as np
model = keras.saving.load_model(sys.argv[1])
images = np.load(sys.argv[2]).astype("float32") / 255
labels = np.load(sys.argv[3])
result = model.evaluate(images, labels, batch_size=1000, verbose=0, return_dict=True)
print(json.dumps({**result, "probabilities": model.predict(images, verbose=0)[:3].tolist()}))
"""


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> StoredDataset:
    return digits_dataset(tmp_path_factory.mktemp("datasets"))


@pytest.fixture(scope="module")
def trained(dataset: StoredDataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[Recorded, Path, Outcome]:
    """Eight epochs of the digits."""
    report, folder = Recorded(), tmp_path_factory.mktemp("run")
    return report, folder, train(spec("digits", FOR_DIGITS, epochs=8, seed=1), dataset, folder, report)


def best(report: Recorded) -> SavedEpoch:
    return [epoch for epoch in report.epochs if epoch.best][-1]


def path(file: SavedFile | None) -> Path:
    assert file is not None
    return file.path


@pytest.mark.slow
def test_digits_are_learnt(trained: tuple[Recorded, Path, Outcome]) -> None:
    report, _, outcome = trained

    assert [epoch.epoch for epoch in report.epochs] == list(range(1, 9))
    assert report.series("val_accuracy")[-1] > 0.9
    assert report.series("loss") == sorted(report.series("loss"), reverse=True)
    assert set(report.series("learning_rate")) == {float(np.float32(0.001))}
    assert set(report.series("penalty")) == {0.0}
    assert outcome.final.path.name == "final.keras"
    assert outcome.last == outcome.final
    assert report.lines[0].startswith("info TensorFlow ")


@pytest.mark.slow
def test_every_file_is_as_it_was_reported(trained: tuple[Recorded, Path, Outcome]) -> None:
    report, folder, outcome = trained
    of_epochs = [(epoch.predictions, epoch.state, epoch.best, epoch.probabilities) for epoch in report.epochs]
    files = [file for epoch in of_epochs for file in epoch if file] + [outcome.final]

    assert {file.path for file in files} == set(folder.iterdir())
    for file in files:
        content = file.path.read_bytes()
        assert file.bytes == len(content)
        assert file.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.slow
def test_predictions_and_probabilities_give_the_metrics(
    trained: tuple[Recorded, Path, Outcome], dataset: StoredDataset
) -> None:
    epoch = best(trained[0])
    truth = dataset.labels("test")
    probabilities = np.load(path(epoch.probabilities))
    of_truth = probabilities[np.arange(len(truth)), truth]
    with np.load(epoch.predictions.path) as arrays:
        predicted, second, confidence = arrays["predicted"], arrays["second"], arrays["confidence"]

    assert probabilities.dtype == np.float32
    np.testing.assert_array_equal(predicted, probabilities.argmax(axis=1))
    np.testing.assert_array_equal(second, probabilities.argsort(axis=1)[:, -2])
    np.testing.assert_array_equal(confidence, probabilities.max(axis=1).astype(np.float16))
    assert epoch.metrics["val_accuracy"] == pytest.approx(accuracy_score(truth, predicted))
    assert epoch.metrics["val_macro_f1"] == pytest.approx(f1_score(truth, predicted, average="macro"))
    assert epoch.metrics["val_loss"] == pytest.approx(-np.log(of_truth).mean(), abs=1e-4)


@pytest.mark.slow
def test_a_fresh_keras_loads_the_best_and_scores_the_same(
    trained: tuple[Recorded, Path, Outcome], dataset: StoredDataset, tmp_path: Path
) -> None:
    epoch = best(trained[0])
    np.save(tmp_path / "images.npy", dataset.images("test"))
    np.save(tmp_path / "labels.npy", dataset.labels("test"))
    arguments = [str(file) for file in (path(epoch.best), tmp_path / "images.npy", tmp_path / "labels.npy")]

    command = [sys.executable, "-c", IN_A_FRESH_PYTHON, *arguments]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    scores = json.loads(ended.stdout)

    assert scores["loss"] == pytest.approx(epoch.metrics["val_loss"], abs=1e-4)
    assert scores["accuracy"] == pytest.approx(epoch.metrics["val_accuracy"], abs=1e-6)
    np.testing.assert_allclose(scores["probabilities"], np.load(path(epoch.probabilities))[:3], atol=1e-5)


@pytest.mark.slow
def test_it_trains_as_a_plain_fit_on_the_same_order_does(dataset: StoredDataset, tmp_path: Path) -> None:
    """1,438 images make 44 full batches and one of 30, which counts like any other."""
    run_spec = spec("digits", FOR_DIGITS, epochs=1, seed=4)
    report = Recorded()
    train(run_spec, dataset, tmp_path, report)

    keras.utils.set_random_seed(4)
    plain = networks.build(run_spec.model, [8, 8, 1], 10)
    compiling.compile_model(plain, run_spec)
    order = np.random.default_rng([4, 1]).permutation(1438)
    images, labels = dataset.images("train")[order] / 255.0, dataset.labels("train")[order]
    history = plain.fit(images, labels, batch_size=32, shuffle=False, verbose=0).history

    assert report.series("loss") == pytest.approx(history["loss"], abs=1e-5)
    assert report.series("accuracy") == pytest.approx(history["accuracy"], abs=1e-5)


@pytest.mark.slow
def test_limits_take_the_first_images(dataset: StoredDataset, tmp_path: Path) -> None:
    fields = spec("digits", TINY, epochs=1).as_json()
    fields["dataset"] |= {"train_limit": 100, "test_limit": 30}
    report = Recorded()

    train(type(spec("digits", TINY)).model_validate(fields), dataset, tmp_path, report)

    assert report.progressed[-1][1:3] == (4, 4)
    with np.load(report.epochs[0].predictions.path) as arrays:
        assert len(arrays["predicted"]) == 30


@pytest.mark.slow
def test_progress_comes_at_most_five_times_a_second(dataset: StoredDataset, tmp_path: Path) -> None:
    times: list[float] = []

    class Timed(Recorded):
        def progress(self, epoch: int, batch: int, batches: int, metrics: Mapping[str, float]) -> None:
            super().progress(epoch, batch, batches, metrics)
            times.append(time.monotonic())

    train(spec("digits", TINY, epochs=12, batch_size=8), dataset, tmp_path, Timed())

    assert len(times) > 1
    assert min(np.diff(times)) > 0.19


def test_an_epoch_with_a_nan_loss_is_reported_and_then_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = Recorded()
    poison_weights_in_epoch(2, monkeypatch)

    with pytest.raises(TrainingError) as caught:
        run_tiny(tmp_path, report, epochs=4)

    assert caught.value.title == "Loss became NaN"
    assert caught.value.detail == "The loss became NaN or infinite in epoch 2."
    assert caught.value.hint == "Try a smaller learning rate than 0.001."
    assert [epoch.epoch for epoch in report.epochs] == [1, 2]
    assert np.isnan(report.series("loss")).tolist() == [False, True]
    assert report.epochs[1].best is None


def test_nan_goes_on_where_the_spec_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = Recorded()
    poison_weights_in_epoch(2, monkeypatch)

    run_tiny(tmp_path, report, epochs=3, callbacks={"terminate_on_nan": False})

    assert np.isnan(report.series("loss")).tolist() == [False, True, True]


def test_a_run_that_has_all_its_epochs_only_writes_its_model(tmp_path: Path) -> None:
    first, second = Recorded(), Recorded()
    run_tiny(tmp_path, first, epochs=2)
    again = tmp_path / "again"
    again.mkdir()

    resume = Resume(first.epochs[-1].state.path)
    outcome = train(spec("tiny", TINY, epochs=2), tiny_dataset(tmp_path), again, second, resume)

    assert second.epochs == []
    assert [file.name for file in again.iterdir()] == ["final.keras"]
    model, undisturbed = (keras.saving.load_model(at / "final.keras") for at in (again, tmp_path / "run"))
    for array, expected in zip(model.get_weights(), undisturbed.get_weights(), strict=True):
        np.testing.assert_array_equal(array, expected)
    assert outcome.final.path == again / "final.keras"


def test_a_damaged_state_is_an_error(tmp_path: Path) -> None:
    state = tmp_path / "state-1.npz"
    state.write_bytes(b"PK not a state")

    with pytest.raises(TrainingError, match=r"The saved state is unreadable: state-1\.npz does not hold the state"):
        train(spec("tiny", TINY), tiny_dataset(tmp_path), tmp_path, Recorded(), Resume(state))


def test_a_report_that_raises_ends_the_training(tmp_path: Path) -> None:
    class Fenced(Recorded):
        def save_epoch(self, epoch: SavedEpoch) -> bool:
            super().save_epoch(epoch)
            raise PermissionError("the run belongs to another worker")

    report = Fenced()
    with pytest.raises(PermissionError, match="another worker"):
        run_tiny(tmp_path, report, epochs=5)
    assert len(report.epochs) == 1


def test_a_full_disk_is_logged_and_waited_for_and_the_old_best_stays_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, undisturbed = Recorded(), Recorded()
    monkeypatch.setattr(files, "RETRY_SECONDS", 0.01)
    errors = [OSError(errno.ENOSPC, "No space left on device"), OSError("Not enough free space to write 40 bytes")]
    (tmp_path / "other").mkdir()
    run_tiny(tmp_path / "other", undisturbed, epochs=3)
    full = fill_disk_at("best-2.keras", errors, monkeypatch)

    run_tiny(tmp_path, report, epochs=3)

    lines = [line for line in report.lines if "disk" in line]
    assert lines == [
        "warning The disk is full: free some space in the data folder, then the run continues",
        "info The disk has free space again",
    ]
    assert full == [["best-1.keras"]] * len(errors)
    assert report.series("val_loss") == undisturbed.series("val_loss")


def fill_disk_at(name: str, errors: list[OSError], monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Have no room for that file so often; each time what models lie in its folder is added to the list."""
    seen: list[list[str]] = []

    def refuse(path: Path, write: Any) -> SavedFile:
        if path.name == name and len(seen) < len(errors):
            seen.append(sorted(file.name for file in path.parent.glob("*.keras")))
            raise errors[len(seen) - 1]
        return save_file(path, write)

    monkeypatch.setattr(files, "save_file", refuse)
    return seen


def poison_weights_in_epoch(bad: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a weight to NaN as epoch `bad` begins."""
    before = LearningRateSchedule.on_epoch_begin

    def poison(self: Any, epoch: int, logs: Any = None) -> None:
        before(self, epoch, logs)
        if epoch + 1 == bad:
            self.model.layers[-1].bias.assign([np.nan] * 3)

    monkeypatch.setattr(LearningRateSchedule, "on_epoch_begin", poison)
