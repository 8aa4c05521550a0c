# ruff: noqa: ARG002 - the hooks have the arguments that Keras gives
"""Changes the learning rate between epochs: by a schedule, or on a plateau."""

from typing import Any

import keras
import numpy as np

from backend.spec import ReduceLr, RunSpec
from worker.training.callbacks.context import Callback, EpochContext, Logs
from worker.training.callbacks.monitors import mode, not_improved, watched, worst_if_nan


class LearningRateSchedule(Callback):
    """Sets the learning rate as each epoch begins, if the optimizer has a schedule."""

    def __init__(self, spec: RunSpec) -> None:
        super().__init__()
        self._spec = spec

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self._spec.optimizer.schedule is not None:
            self.model.optimizer.learning_rate = self._spec.learning_rate_of(epoch + 1)


class ReduceLROnPlateau(keras.callbacks.ReduceLROnPlateau):  # type: ignore[misc]
    """Keras' own, with a state that a resumed training restores. The rate itself is a variable of the optimizer."""

    def __init__(self, spec: ReduceLr, context: EpochContext) -> None:
        super().__init__(
            spec.monitor,
            spec.factor,
            spec.patience,
            mode=mode(spec.monitor),
            min_delta=spec.min_delta,
            min_lr=spec.min_lr,
        )
        self._context = context

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Does nothing: Keras' own would reset what was restored."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Gives Keras' own a copy with its monitor alone: it writes its rate into the logs, which hold the epoch's."""
        before = float(self.model.optimizer.learning_rate)
        super().on_epoch_end(epoch, {self.monitor: worst_if_nan(self.monitor, watched(self.monitor, logs))})
        after = float(self.model.optimizer.learning_rate)
        if after != before:
            reason = not_improved(self.monitor, max(1, self.patience))
            self._context.log_lines.append(f"Learning rate reduced from {_plain(before)} to {_plain(after)}: {reason}")

    def state(self) -> dict[str, Any]:
        return {"wait": self.wait, "best": self.best, "cooldown_counter": self.cooldown_counter}

    def restore(self, state: dict[str, Any]) -> None:
        self.wait, self.best, self.cooldown_counter = state["wait"], state["best"], state["cooldown_counter"]


def _plain(rate: float) -> str:
    """Writes a learning rate as the page does: 0.00004, not 4e-05."""
    return np.format_float_positional(rate, precision=4, fractional=False, trim="-")
