"""Early stopping and the reduced learning rate decide as Keras' own do, survive a resume and ignore NaN."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from backend.spec import EarlyStopping as EarlyStoppingSpec
from backend.spec import ReduceLr
from tests.support.training.trainings import KERAS_SAVES_MODELS, TINY, spec
from worker.training.callbacks.context import EpochContext
from worker.training.callbacks.early_stopping import EarlyStopping
from worker.training.callbacks.learning_rate import LearningRateSchedule, ReduceLROnPlateau
from worker.training.files import Folder

pytestmark = KERAS_SAVES_MODELS  # it warns when it reads a rate, too

WANDERING = [0.5, 0.4, 0.41, 0.395, 0.42, 0.43, 0.38, 0.39, 0.40, 0.41, 0.42, 0.43]


def small_model() -> keras.Model:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def follow(callback: keras.callbacks.Callback, monitor: str, values: list[float], first: int = 0) -> int:
    """Runs the epochs of a callback, with weights equal to the epoch; returns the epoch at which it stopped."""
    callback.model.stop_training = False
    callback.on_train_begin()
    for epoch, value in enumerate(values, first):
        callback.model.set_weights([np.full((2, 1), epoch + 1, np.float32)])
        callback.on_epoch_end(epoch, {monitor: value, "loss": 0.1})
        if callback.model.stop_training:
            return epoch + 1
    return first + len(values)


def early(model: keras.Model, **options: Any) -> EarlyStopping:
    return EarlyStopping(
        EarlyStoppingSpec.model_validate(options), model, EpochContext(Folder(Path(), lambda _text, _level: None))
    )


def reducing(model: keras.Model, **options: Any) -> ReduceLROnPlateau:
    callback = ReduceLROnPlateau(
        ReduceLr.model_validate(options), EpochContext(Folder(Path(), lambda _text, _level: None))
    )
    callback.set_model(model)
    return callback


@pytest.mark.parametrize("patience", [0, 1, 2, 3])
@pytest.mark.parametrize("min_delta", [0.0, 0.015])
def test_it_stops_when_keras_does_and_restores_the_same_epoch(patience: int, min_delta: float) -> None:
    callback = early(small_model(), patience=patience, min_delta=min_delta, restore_best_weights=True)
    keras_callback = keras.callbacks.EarlyStopping(patience=patience, min_delta=min_delta, restore_best_weights=True)
    keras_callback.set_model(small_model())

    assert follow(callback, "val_loss", WANDERING) == follow(keras_callback, "val_loss", WANDERING)
    keras_callback.on_train_end()
    epoch = callback.restore_best()

    assert callback.model.get_weights()[0][0] == keras_callback.model.get_weights()[0][0] == epoch


def test_macro_f1_rises() -> None:
    callback = early(small_model(), monitor="val_macro_f1", patience=2, restore_best_weights=True)

    assert follow(callback, "val_macro_f1", [0.1, 0.3, 0.2, 0.25, 0.9]) == 4
    assert callback.restore_best() == 2
    assert callback._context.log_lines == [
        "Early stopping: val_macro_f1 has not improved for 2 epochs, the best was epoch 2"
    ]


def test_a_resume_counts_on_with_the_same_best_weights() -> None:
    before = early(small_model(), patience=3, restore_best_weights=True)
    follow(before, "val_loss", [0.5, 0.4, 0.6, 0.6])
    after = early(small_model(), patience=3, restore_best_weights=True)

    after.restore(before.state())

    assert follow(after, "val_loss", [0.7, 0.1], first=4) == 5
    assert after.restore_best() == 2
    assert after.model.get_weights()[0].tolist() == [[2], [2]]


def test_without_restoring_there_are_no_best_weights() -> None:
    callback = early(small_model(), patience=1)
    follow(callback, "val_loss", [0.5, 0.4])

    assert not callback.has_best_weights
    assert callback.state() == {"wait": 0, "best": 0.4, "best_epoch": 1, "stopped_epoch": 0}


@pytest.mark.parametrize("monitor", ["val_loss", "val_accuracy"])
def test_a_first_nan_does_not_stay_the_best(monitor: str) -> None:
    callback = early(small_model(), monitor=monitor, patience=2, restore_best_weights=True)

    follow(callback, monitor, [math.nan, 0.5, math.nan])

    assert callback.restore_best() == 2
    assert (callback.best, callback.wait) == (0.5, 1)


def test_the_accuracy_of_an_epoch_whose_loss_is_nan_is_ignored() -> None:
    callback = early(small_model(), monitor="accuracy", patience=5)

    callback.on_epoch_end(0, {"accuracy": 0.1, "loss": 0.2})
    callback.on_epoch_end(1, {"accuracy": 0.9, "loss": math.nan})

    assert callback.best == 0.1


@pytest.mark.parametrize("options", [{"patience": 1}, {"patience": 2, "factor": 0.5, "min_lr": 0.03}, {"patience": 0}])
def test_the_rate_is_reduced_when_keras_own_callback_reduces_it(options: Mapping[str, Any]) -> None:
    callback = reducing(small_model(), **options)
    keras_callback = keras.callbacks.ReduceLROnPlateau(**options)
    keras_callback.set_model(small_model())

    def rates(callback: keras.callbacks.Callback) -> list[float]:
        callback.on_train_begin()
        values = []
        for epoch, value in enumerate(WANDERING):
            callback.on_epoch_end(epoch, {"val_loss": value})
            values.append(float(callback.model.optimizer.learning_rate))
        return values

    assert rates(callback) == rates(keras_callback)
    assert callback._context.log_lines


def test_the_logs_keep_the_epochs_own_rate_and_the_new_one_is_logged() -> None:
    callback = reducing(small_model(), patience=1, factor=0.2, monitor="val_accuracy")
    logs = {"val_accuracy": 0.5, "learning_rate": 0.1}

    callback.on_epoch_end(0, logs)
    callback.on_epoch_end(1, logs)

    assert logs == {"val_accuracy": 0.5, "learning_rate": 0.1}
    assert float(callback.model.optimizer.learning_rate) == pytest.approx(0.02)
    assert callback._context.log_lines == [
        "Learning rate reduced from 0.1 to 0.02: val_accuracy has not improved for 1 epoch"
    ]


def test_a_small_rate_is_logged_without_an_exponent() -> None:
    callback = reducing(small_model(), patience=1, factor=0.2, monitor="val_accuracy")
    callback.model.optimizer.learning_rate = 0.0002

    for epoch in range(2):
        callback.on_epoch_end(epoch, {"val_accuracy": 0.5})

    assert callback._context.log_lines[0].startswith("Learning rate reduced from 0.0002 to 0.00004: ")


def test_a_plateau_is_counted_on_after_a_resume() -> None:
    before, after = (reducing(small_model(), patience=3, monitor="val_loss") for _ in range(2))
    follow(before, "val_loss", [0.5, 0.6, 0.6])

    after.restore(before.state())
    follow(after, "val_loss", [0.6], first=3)

    assert float(after.model.optimizer.learning_rate) == pytest.approx(0.01)


def test_a_schedule_sets_the_rate_as_each_epoch_begins() -> None:
    schedule = {"name": "step", "every": 2, "factor": 0.5, "warmup_epochs": 1}
    callback = LearningRateSchedule(
        spec("tiny", TINY, epochs=5, optimizer={"learning_rate": 0.4, "schedule": schedule})
    )
    callback.set_model(small_model())

    rates = []
    for epoch in range(5):
        callback.on_epoch_begin(epoch)
        rates.append(float(callback.model.optimizer.learning_rate))

    assert rates == pytest.approx([0.2, 0.4, 0.4, 0.2, 0.2])
