# ruff: noqa: ARG002 - the hooks have the arguments that Keras gives
"""What happens around each epoch, one small class a duty (what watches a metric: `stopping.py`, `rates.py`).

Keras gives all callbacks of a hook the same `logs`, in the order of the list: `Validate` puts the validation's
metrics into it, the later ones read them there and leave files and remarks on the `Desk`, `StreamMetrics` announces
all.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from backend.runs.history import METRICS
from worker.training.files import Folder
from worker.training.monitors import is_better, watched
from worker.training.report import Report, SavedEpoch, SavedFile
from worker.training.state import Keeper, save_state
from worker.training.validation import Probabilities, Scorer, save_predictions

Logs = dict[str, Any]

PROGRESS_SECONDS = 0.2


@dataclass
class EpochContext:
    """Where the callbacks of one epoch leave their work, cleared as an epoch begins: `files` by what they are, and
    `remarks` for the log. `savings` are the seconds that each epoch took beside training and validation."""

    folder: Folder
    probabilities: Probabilities = field(default_factory=lambda: np.empty((0, 0), np.float32))
    files: dict[str, SavedFile] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    validated: float = 0.0
    savings: list[float] = field(default_factory=list)


class Callback(keras.callbacks.Callback):  # type: ignore[misc]
    """Keras counts epochs from 0, this program from 1: `epoch + 1` in the hooks."""


class Validate(Callback):
    """Add to the logs what they lack of METRICS. `seconds` is training and validation, without the saving."""

    def __init__(self, scorer: Scorer, desk: EpochContext) -> None:
        super().__init__()
        self._scorer = scorer
        self._desk = desk
        self._started = 0.0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._started = time.perf_counter()
        self._desk.files.clear()
        self._desk.remarks.clear()

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        scores = self._scorer.scores()
        self._desk.probabilities = scores.probabilities
        logs["val_loss"] = scores.loss
        logs["val_accuracy"] = scores.accuracy
        logs["val_macro_f1"] = scores.macro_f1
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        logs["penalty"] = penalty(self.model)
        self._desk.validated = time.perf_counter()
        logs["seconds"] = self._desk.validated - self._started


def penalty(model: keras.Model) -> float:
    """The L1 and L2 part of the loss as the weights are now, in float32 whatever the precision."""
    return float(sum(one.regularizer(one) for one in model.trainable_weights if one.regularizer is not None))


class SavePredictions(Callback):
    def __init__(self, desk: EpochContext) -> None:
        super().__init__()
        self._desk = desk

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        name = f"predictions-{epoch + 1}-validation.npz"
        self._desk.files["predictions"] = save_predictions(self._desk.folder, name, self._desk.probabilities)


class KeepBest(Callback):
    """Save the model and its probabilities when `monitor` is better than ever before."""

    def __init__(self, monitor: str, desk: EpochContext) -> None:
        super().__init__()
        self._monitor = monitor
        self._desk = desk
        self._value: float | None = None
        self.epoch: int | None = None
        self.path: Path | None = None
        """Where the best model is; not part of the state, since each lease has a folder of its own."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        value = watched(self._monitor, logs)
        if not is_better(self._monitor, value, self._value):
            return
        self._value, self.epoch = value, epoch + 1
        folder, files, probabilities = self._desk.folder, self._desk.files, self._desk.probabilities
        files["best"] = folder.save(f"best-{epoch + 1}.keras", self.model.save)
        self.path = files["best"].path
        files["probabilities"] = folder.save(
            f"probabilities-{epoch + 1}-validation.npy", lambda file: np.save(file, probabilities)
        )

    def state(self) -> dict[str, Any]:
        return {"value": self._value, "epoch": self.epoch}

    def restore(self, state: dict[str, Any]) -> None:
        self._value, self.epoch = state["value"], state["epoch"]


class KeepEach(Callback):
    """Save the model of each n-th epoch."""

    def __init__(self, every: int, desk: EpochContext) -> None:
        super().__init__()
        self._every = every
        self._desk = desk

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        if (epoch + 1) % self._every == 0:
            self._desk.files["kept"] = self._desk.folder.save(f"epoch-{epoch + 1}.keras", self.model.save)


class EndOnNan(Callback):
    """End the epoch early once its loss is not a number; it is still validated and announced."""

    def __init__(self) -> None:
        super().__init__()
        self.epoch: int | None = None
        self._now = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._now = epoch + 1

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        if not math.isfinite(logs["loss"]):
            self.epoch = self._now
            self.model.stop_training = True

    def state(self) -> dict[str, Any]:
        return {"epoch": self.epoch}

    def restore(self, state: dict[str, Any]) -> None:
        self.epoch = state["epoch"]


class SaveState(Callback):
    def __init__(self, desk: EpochContext, keepers: Mapping[str, Keeper]) -> None:
        super().__init__()
        self._desk = desk
        self._keepers = keepers

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        self._desk.files["state"] = save_state(self._desk.folder, self.model, epoch + 1, self._keepers)


class StreamMetrics(Callback):
    """Tell the report of each epoch once all its files are on disk, and now and then of the batches in between."""

    def __init__(self, report: Report, desk: EpochContext) -> None:
        super().__init__()
        self._report = report
        self._desk = desk
        self._epoch = 0
        self._told = -math.inf

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Keras begins each epoch, which is a `fit` of its own; the first one is told."""
        if not self._epoch:
            self._report.log(f"Training began: {self.params['steps']:,} batches an epoch")

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        now = time.monotonic()
        if now - self._told < PROGRESS_SECONDS:
            return
        self._told = now
        batches = self.params["steps"]
        metrics = {name: float(value) for name, value in logs.items()}
        self._report.progress(self._epoch, min(batch + 1, batches), batches, metrics)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        files = self._desk.files
        asked_to_end = self._report.save_epoch(
            SavedEpoch(
                epoch=epoch + 1,
                metrics={name: float(logs[name]) for name in METRICS},
                predictions=files["predictions"],
                state=files["state"],
                best=files.get("best"),
                probabilities=files.get("probabilities"),
                kept=files.get("kept"),
            )
        )
        self._desk.savings.append(time.perf_counter() - self._desk.validated)
        for remark in self._desk.remarks:
            self._report.log(remark)
        if asked_to_end:
            self.model.stop_training = True
