"""What a training leaves at its end: the models, the score on the test split, and what went wrong."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import accuracy_score, f1_score

from backend.datasets.store import StoredDataset
from tests.support.training.trainings import KERAS_SAVES_MODELS, TINY, Recorded, spec, tiny_dataset
from worker.failures import explain
from worker.training.callbacks.validate import penalty
from worker.training.fit import train
from worker.training.report import Outcome

pytestmark = KERAS_SAVES_MODELS

FROM_TRAIN = {"name": "tiny", "validation": {"from": "train", "fraction": 0.25}}
FROM_VALIDATION = {"name": "tiny", "validation": {"from": "validation"}}


@pytest.fixture
def tiny(tmp_path: Path) -> StoredDataset:
    return tiny_dataset(tmp_path, validation=9)


def run(stored: StoredDataset, folder: Path, report: Recorded, **changes: Any) -> Outcome:
    folder.mkdir()
    return train(spec("tiny", TINY, **changes), stored, folder, report)


def weights(path: Path) -> list[np.ndarray]:
    return list(keras.saving.load_model(path).get_weights())


@pytest.mark.parametrize("dataset", [FROM_TRAIN, FROM_VALIDATION])
def test_the_best_model_is_scored_once_on_images_it_never_saw(
    tiny: StoredDataset, tmp_path: Path, dataset: dict[str, Any]
) -> None:
    report = Recorded()
    callbacks = {"checkpoint": {"monitor": "val_accuracy"}}

    outcome = run(tiny, tmp_path / "run", report, epochs=3, dataset=dataset, callbacks=callbacks)

    best = [epoch for epoch in report.epochs if epoch.best][-1]
    assert best.best is not None
    assert outcome.test is not None
    assert outcome.test.epoch == best.epoch
    assert outcome.test.predictions.path.name == f"predictions-{best.epoch}-test.npz"
    model = keras.saving.load_model(best.best.path)
    probabilities = model.predict(tiny.images("test") / np.float32(255), verbose=0)
    predicted, truth = probabilities.argmax(axis=1), tiny.labels("test")
    with np.load(outcome.test.predictions.path) as arrays:
        np.testing.assert_array_equal(arrays["predicted"], predicted)
    assert outcome.test.metrics["accuracy"] == pytest.approx(accuracy_score(truth, predicted))
    assert outcome.test.metrics["macro_f1"] == pytest.approx(f1_score(truth, predicted, average="macro"))
    assert outcome.test.metrics["loss"] == pytest.approx(
        float(np.mean(keras.losses.sparse_categorical_crossentropy(truth, probabilities))), rel=1e-4
    )
    assert report.lines[-1].startswith(f"info The best model, of epoch {best.epoch}, on 12 test images that it never")


def test_scoring_the_best_leaves_the_last_model_as_it_was(tiny: StoredDataset, tmp_path: Path) -> None:
    scored = run(tiny, tmp_path / "scored", Recorded(), epochs=2, dataset=FROM_TRAIN)

    state = tmp_path / "scored" / "state-2.npz"
    model = keras.saving.load_model(scored.final.path)
    with np.load(state) as arrays:
        for number, variable in enumerate(model.variables):
            np.testing.assert_array_equal(variable.numpy(), arrays[f"model-{number:05}"])


def test_validation_on_the_test_images_has_no_other_score(tiny: StoredDataset, tmp_path: Path) -> None:
    assert run(tiny, tmp_path / "run", Recorded(), epochs=1).test is None


def test_each_second_epoch_is_kept(tiny: StoredDataset, tmp_path: Path) -> None:
    report = Recorded()

    run(tiny, tmp_path / "run", report, epochs=5, callbacks={"checkpoint": {"every": 2}})

    kept = {epoch.epoch: epoch.kept.path.name for epoch in report.epochs if epoch.kept}
    assert kept == {2: "epoch-2.keras", 4: "epoch-4.keras"}
    assert len(weights(tmp_path / "run" / "epoch-4.keras")) == 6


def test_stopped_early_final_is_the_best_and_last_the_last(tiny: StoredDataset, tmp_path: Path) -> None:
    stopping = {"monitor": "val_accuracy", "patience": 2, "min_delta": 1.0, "restore_best_weights": True}
    callbacks = {"early_stopping": stopping, "checkpoint": {"every": 1}}
    report = Recorded()

    outcome = run(tiny, tmp_path / "run", report, epochs=9, callbacks=callbacks)

    assert [epoch.epoch for epoch in report.epochs] == [1, 2, 3]
    assert outcome.ended_by == "early_stopping"
    for file, epoch in ((outcome.final, 1), (outcome.last, 3)):
        for array, expected in zip(weights(file.path), weights(tmp_path / "run" / f"epoch-{epoch}.keras"), strict=True):
            np.testing.assert_array_equal(array, expected)
    line = "info Early stopping: val_accuracy has not improved for 2 epochs, the best was epoch 1"
    assert line in report.lines
    assert report.lines[-1] == "info Restored the weights of epoch 1"


def test_stopping_in_the_very_last_epoch_is_no_early_end(tiny: StoredDataset, tmp_path: Path) -> None:
    callbacks = {"early_stopping": {"patience": 1, "min_delta": 100.0}}

    assert run(tiny, tmp_path / "run", Recorded(), epochs=2, callbacks=callbacks).ended_by == "epochs"


def test_a_reduced_rate_counts_from_the_next_epoch(tiny: StoredDataset, tmp_path: Path) -> None:
    report = Recorded()

    run(
        tiny, tmp_path / "run", report, epochs=4,
        callbacks={"reduce_lr": {"monitor": "val_accuracy", "patience": 2, "min_delta": 1.0, "factor": 0.5}},
    )  # fmt: skip

    assert report.series("learning_rate") == pytest.approx([0.001, 0.001, 0.001, 0.0005])
    reduced = "info Learning rate reduced from 0.001 to 0.0005: val_accuracy has not improved for 2 epochs"
    assert reduced in report.lines


def test_standard_scaling_leaves_its_numbers(tiny: StoredDataset, tmp_path: Path) -> None:
    outcome = run(tiny, tmp_path / "run", Recorded(), epochs=1, preprocessing={"scaling": "standard"})

    assert outcome.statistics is not None
    assert outcome.statistics.mean == pytest.approx((tiny.images("train").mean(dtype=np.float64),), rel=1e-12)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_the_penalty_is_reported_apart_and_is_in_both_losses(
    tiny: StoredDataset, tmp_path: Path, precision: str
) -> None:
    report, options = Recorded(), {**TINY, "l1": 0.01, "l2": 0.02}
    model = {"preset": "strided_cnn", "options": options}

    outcome = run(tiny, tmp_path / "run", report, epochs=1, model=model, precision=precision)

    left = keras.saving.load_model(outcome.final.path)
    kernels = [layer.kernel.numpy() for layer in left.layers[:-1] if hasattr(layer, "kernel")]
    expected = sum(0.01 * np.abs(kernel).sum() + 0.02 * np.square(kernel).sum() for kernel in kernels)
    assert report.series("penalty") == pytest.approx([expected], rel=1e-4)
    assert penalty(left) == pytest.approx(expected, rel=1e-4)
    assert report.series("val_loss")[0] > expected


def test_running_out_of_memory_is_reported_as_such() -> None:
    with pytest.raises(tf.errors.ResourceExhaustedError) as caught:
        tf.zeros([1 << 46])

    error = explain(caught.value)

    assert error.title == "Out of memory"
    assert "mixed precision" in error.hint
