"""Calls each callback's hooks with a dict, then all of them in one tiny fit."""

import math
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import f1_score

from backend.analysis.report import report
from backend.datasets.store import StoredDataset
from backend.files import SavedFile
from backend.runs.metrics.names import METRICS
from tests.support.runs.predictions import by_hand
from tests.support.training.trainings import KERAS_SAVES_MODELS, TINY, Recorded, spec, tiny_dataset
from worker.training.callbacks.context import EpochContext
from worker.training.callbacks.monitors import is_better
from worker.training.callbacks.saving import SaveBest
from worker.training.callbacks.stream_metrics import StreamMetrics
from worker.training.callbacks.terminate_on_nan import TerminateOnNaN
from worker.training.data.inputs import TrainingInputs
from worker.training.data.training_data import TrainingData
from worker.training.files import Folder
from worker.training.fit import train
from worker.training.portable import validation
from worker.training.portable.validation import Validation, macro_f1
from worker.training.validation import top_two

FILE = SavedFile(Path("x"), 1, "00")


class SavableModel(SimpleNamespace):
    """Has what the hooks use of a model."""

    stop_training = False

    def save(self, path: Path) -> None:
        path.write_bytes(b"model")


def folder_at(path: Path) -> Folder:
    return Folder(path, lambda _text, _level: None)


def save_best(folder: Path, monitor: str) -> tuple[SaveBest, EpochContext]:
    context = EpochContext(folder_at(folder), probabilities=np.eye(2, dtype=np.float32))
    callback = SaveBest(monitor, SavableModel(), context)
    return callback, context


@pytest.mark.parametrize(
    ("monitor", "values", "best"),
    [
        ("val_loss", [0.5, 0.4, 0.45, 0.4, 0.39], [1, 2, 5]),
        ("val_accuracy", [0.5, 0.4, 0.6, 0.6], [1, 3]),
        ("val_macro_f1", [math.nan, 0.1, math.nan, 0.2], [2, 4]),
        ("loss", [math.nan, math.inf, 3.0], [3]),
    ],
)
def test_the_best_epoch_is_kept_by_the_direction_of_its_monitor(
    tmp_path: Path, monitor: str, values: list[float], best: list[int]
) -> None:
    callback, context = save_best(tmp_path, monitor)

    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {monitor: value})

    assert sorted(path.name for path in tmp_path.glob("*.keras")) == [f"best-{epoch}.keras" for epoch in best]
    assert context.files["best"].path.name == f"best-{best[-1]}.keras"
    np.testing.assert_array_equal(np.load(tmp_path / f"probabilities-{best[-1]}-validation.npy"), np.eye(2))


def test_the_best_is_remembered_over_a_resume(tmp_path: Path) -> None:
    before, _ = save_best(tmp_path, "val_loss")
    before.on_epoch_end(0, {"val_loss": 0.4})
    after, context = save_best(tmp_path, "val_loss")

    after.restore(before.state())
    after.on_epoch_end(1, {"val_loss": 0.5})

    assert after.state() == {"value": 0.4, "epoch": 1}
    assert context.files == {}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_never_better(value: float) -> None:
    assert not is_better("val_loss", value, None)
    assert not is_better("accuracy", value, 0.1)


def test_a_nan_loss_ends_the_epoch() -> None:
    callback = TerminateOnNaN()
    callback.set_model(SavableModel())

    callback.on_epoch_begin(2)
    callback.on_train_batch_end(0, {"loss": 0.3})
    assert not callback.model.stop_training
    callback.on_train_batch_end(1, {"loss": math.nan})

    assert callback.model.stop_training
    assert callback.state() == {"epoch": 3}


def test_progress_is_reported_at_most_five_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    report = Recorded()
    callback = StreamMetrics(report, EpochContext(folder_at(Path())))
    callback.set_params({"steps": 100})
    clock = iter(n * 0.03 for n in range(100))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))

    callback.on_epoch_begin(0)
    for batch in range(100):
        callback.on_train_batch_end(batch, {"loss": np.float32(0.5), "accuracy": np.float32(0.25)})

    assert [batch for _, batch, _, _ in report.progressed][:3] == [1, 8, 15]
    assert report.progressed[0] == (1, 1, 100, {"loss": 0.5, "accuracy": 0.25})
    assert {type(value) for value in report.progressed[0][3].values()} == {float}


def test_progress_never_counts_more_batches_than_there_are() -> None:
    report = Recorded()
    callback = StreamMetrics(report, EpochContext(folder_at(Path())))
    callback.set_params({"steps": 45})

    callback.on_epoch_begin(6)
    callback.on_train_batch_end(175, {"loss": 0.5})

    assert report.progressed == [(7, 45, 45, {"loss": 0.5})]


def test_an_epoch_is_reported_with_its_files_and_plain_floats() -> None:
    report = Recorded()
    callback = StreamMetrics(report, EpochContext(folder_at(Path()), files={"predictions": FILE, "state": FILE}))

    callback.on_epoch_end(1, dict.fromkeys(METRICS, np.float32(0.5)) | {"unknown": 1})

    (epoch,) = report.epochs
    assert epoch.epoch == 2
    assert epoch.metrics == dict.fromkeys(METRICS, 0.5)
    assert {type(value) for value in epoch.metrics.values()} == {float}
    assert (epoch.predictions, epoch.state, epoch.best, epoch.probabilities) == (FILE, FILE, None, None)


def training_data(dataset: StoredDataset, **changes: Any) -> TrainingData:
    run_spec = spec("tiny", TINY, **changes)
    return TrainingData(TrainingInputs.load(dataset, run_spec), run_spec)


def test_each_epoch_has_an_order_of_its_own(tmp_path: Path) -> None:
    dataset = tiny_dataset(tmp_path)
    data = training_data(dataset, batch_size=16, seed=5)

    def order(epoch: int) -> list[int]:
        return [round(sum(image)) for images, _ in data.epoch(epoch) for image in images.numpy().reshape(-1, 64) * 255]

    stored = dataset.images("train").reshape(40, 64).sum(axis=1).tolist()
    first, again, second = order(1), order(1), order(2)

    assert first == again
    assert first != second != stored
    assert sorted(first) == sorted(second) == sorted(stored)


def test_images_are_divided_by_255(tmp_path: Path) -> None:
    dataset = tiny_dataset(tmp_path)
    data = training_data(dataset)
    order = np.random.default_rng([0, 1]).permutation(40)

    images, labels = next(iter(data.epoch(1)))

    np.testing.assert_array_equal(images, (dataset.images("train")[order] / np.float32(255))[:32])
    np.testing.assert_array_equal(labels, dataset.labels("train")[order][:32])
    assert [len(images) for images, _ in data.epoch(1)] == [32, 8]
    assert len(data) == 2


def test_top_two_of_each_image() -> None:
    probabilities = np.array([[0.1, 0.7, 0.2], [0.5, 0.5, 0.0], [0.25, 0.25, 0.5]], np.float32)

    arrays = top_two(probabilities)

    assert arrays["predicted"].tolist() == [1, 0, 2]
    assert arrays["second"].tolist() == [2, 1, 0]
    assert arrays["confidence"].tolist() == [np.float16(0.7), 0.5, 0.5]
    assert arrays["second_confidence"].tolist() == [np.float16(0.2), 0.5, 0.25]
    assert [arrays[name].dtype for name in arrays] == [np.uint8, np.uint8, np.float16, np.float16]


@pytest.mark.parametrize("at_once", [1, 3])
def test_passes_are_scored_in_their_order_however_many_run_at_once(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation, "passes_at_once", lambda: at_once)
    model = keras.Sequential([keras.Input((10,)), keras.layers.Softmax()])
    model.compile(loss="sparse_categorical_crossentropy")
    labels = np.arange(10, dtype=np.int32).repeat(7)
    scored = Validation(model, 9.0 * np.eye(10)[labels], tf.constant(labels), lambda rows: rows, images_per_pass=8)

    loss, probabilities = scored.evaluate()

    assert probabilities.argmax(axis=1).tolist() == labels.tolist()
    assert loss == pytest.approx(-math.log(probabilities[0, 0]), rel=1e-4)


def test_macro_f1_is_scikit_learns_and_leaves_out_classes_that_do_not_occur() -> None:
    generator = np.random.default_rng(1)
    truth, predicted = generator.integers(0, 4, 50), generator.integers(0, 5, 50)

    assert macro_f1(truth, predicted, classes=6) == pytest.approx(f1_score(truth, predicted, average="macro"))
    assert macro_f1(np.array([0, 3]), np.array([0, 3]), classes=10) == 1.0


def test_the_macro_row_of_the_report_is_the_metric_that_the_trainer_records() -> None:
    predictions = by_hand(true=[0, 0, 1], predicted=[0, 1, 1], classes=[str(number) for number in range(10)])

    recorded = macro_f1(predictions.true, predictions.predicted, classes=10)

    assert report(predictions).macro.f1 == pytest.approx(recorded)
    assert recorded == pytest.approx(2 / 3)


@KERAS_SAVES_MODELS
def test_a_tiny_fit_uses_all_callbacks(tmp_path: Path) -> None:
    report = Recorded()
    folder = tmp_path / "run"
    folder.mkdir()

    outcome = train(spec("tiny", TINY, epochs=2), tiny_dataset(tmp_path), folder, report)

    names: set[Any] = {path.name for path in folder.iterdir()}
    assert report.parameters == 4 * 9 + 4 + (36 * 8 + 8) + (8 * 3 + 3)
    assert [epoch.epoch for epoch in report.epochs] == [1, 2]
    assert {"predictions-2-validation.npz", "state-1.npz", "best-1.keras", "final.keras"} <= names
    assert not [name for name in names if name.startswith("writing-")]
    assert outcome.ended_by == "epochs"
    assert report.lines[1:4] == [
        "info Training on 40 images, validating on 12 test images",
        "info Pixels: 0 to 1 (divided by 255)",
        "info Training started: 2 batches per epoch",
    ]
    assert report.lines[-1].startswith("info fit took ")
