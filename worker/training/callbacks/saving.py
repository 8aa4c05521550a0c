"""Saves files of an epoch: predictions, the best model, each n-th model and the state."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from worker.training.callbacks.context import Callback, EpochContext, Logs
from worker.training.callbacks.monitors import is_better, watched
from worker.training.state import Stateful, save_state
from worker.training.validation import save_predictions


class SavePredictions(Callback):
    def __init__(self, context: EpochContext) -> None:
        super().__init__()
        self._context = context

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:  # noqa: ARG002 - Keras' hook
        name = f"predictions-{epoch + 1}-validation.npz"
        self._context.files["predictions"] = save_predictions(self._context.folder, name, self._context.probabilities)


class SaveBest(Callback):
    """Saves the network and its probabilities when `monitor` is better than ever before.

    `network` is the whole of which `fit` may train a part. `path` is where the best model is. It is not part of the
    state, since each lease has a folder of its own.
    """

    def __init__(self, monitor: str, network: keras.Model, context: EpochContext) -> None:
        super().__init__()
        self._network = network
        self._monitor = monitor
        self._context = context
        self._value: float | None = None
        self.epoch: int | None = None
        self.path: Path | None = None

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        value = watched(self._monitor, logs)
        if not is_better(self._monitor, value, self._value):
            return
        self._value, self.epoch = value, epoch + 1
        folder, files, probabilities = self._context.folder, self._context.files, self._context.probabilities
        files["best"] = folder.save(f"best-{epoch + 1}.keras", self._network.save)
        self.path = files["best"].path
        files["probabilities"] = folder.save(
            f"probabilities-{epoch + 1}-validation.npy", lambda file: np.save(file, probabilities)
        )

    def state(self) -> dict[str, Any]:
        return {"value": self._value, "epoch": self.epoch}

    def restore(self, state: dict[str, Any]) -> None:
        self._value, self.epoch = state["value"], state["epoch"]


class SaveEvery(Callback):
    """Saves the network after each n-th epoch."""

    def __init__(self, every: int, network: keras.Model, context: EpochContext) -> None:
        super().__init__()
        self._network = network
        self._every = every
        self._context = context

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:  # noqa: ARG002 - Keras' hook
        if (epoch + 1) % self._every == 0:
            self._context.files["kept"] = self._context.folder.save(f"epoch-{epoch + 1}.keras", self._network.save)


class SaveState(Callback):
    """Saves what a resumed training needs, after all callbacks that are part of it."""

    def __init__(self, context: EpochContext, callbacks: Mapping[str, Stateful]) -> None:
        super().__init__()
        self._context = context
        self._callbacks = callbacks

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:  # noqa: ARG002 - Keras' hook
        self._context.files["state"] = save_state(self._context.folder, self.model, epoch + 1, self._callbacks)
