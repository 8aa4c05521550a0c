# ruff: noqa: ARG002 - the hooks have the arguments that Keras gives
"""The learning rate over the epochs: by a schedule, or reduced on a plateau."""

from typing import Any

import keras

from backend.spec import ReduceLr, RunSpec
from worker.training.callbacks import Callback, EpochContext, Logs
from worker.training.monitors import mode, no_better, watched, worst_if_nan


class FollowSchedule(Callback):
    """Set the rate as each epoch begins; where there is no schedule, leave it as it is."""

    def __init__(self, spec: RunSpec) -> None:
        super().__init__()
        self._optimizer = spec.optimizer
        self._epochs = spec.epochs

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self._optimizer.schedule is not None:
            self.model.optimizer.learning_rate = self._optimizer.learning_rate_of(epoch + 1, self._epochs)


class ReduceOnPlateau(keras.callbacks.ReduceLROnPlateau):  # type: ignore[misc]
    """Keras' own, remembering over a resume. The rate itself is a variable of the optimizer."""

    def __init__(self, spec: ReduceLr, desk: EpochContext) -> None:
        super().__init__(
            spec.monitor,
            spec.factor,
            spec.patience,
            mode=mode(spec.monitor),
            min_delta=spec.min_delta,
            min_lr=spec.min_lr,
        )
        self._desk = desk

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Keep what was restored."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Keras' own would write into the logs, which belong to all: it gets what it looks at and no more."""
        before = float(self.model.optimizer.learning_rate)
        super().on_epoch_end(epoch, {self.monitor: worst_if_nan(self.monitor, watched(self.monitor, logs))})
        after = float(self.model.optimizer.learning_rate)
        if after != before:
            self._desk.remarks.append(
                f"Learning rate reduced from {before:.4g} to {after:.4g}: "
                f"{no_better(self.monitor, max(1, self.patience))}"
            )

    def state(self) -> dict[str, Any]:
        return {"wait": self.wait, "best": self.best, "cooldown_counter": self.cooldown_counter}

    def restore(self, state: dict[str, Any]) -> None:
        self.wait, self.best, self.cooldown_counter = state["wait"], state["best"], state["cooldown_counter"]
