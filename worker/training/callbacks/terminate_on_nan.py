# ruff: noqa: ARG002 - the hooks have the arguments that Keras gives
"""Ends a training whose loss became NaN or infinite."""

import math
from typing import Any

from worker.training.callbacks.context import Callback, Logs


class TerminateOnNaN(Callback):
    """Stops the epoch at the batch whose loss is not finite. The epoch is still validated and reported."""

    def __init__(self) -> None:
        super().__init__()
        self.epoch: int | None = None
        self._current = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._current = epoch + 1

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        if not math.isfinite(logs["loss"]):
            self.epoch = self._current
            self.model.stop_training = True

    def state(self) -> dict[str, Any]:
        return {"epoch": self.epoch}

    def restore(self, state: dict[str, Any]) -> None:
        self.epoch = state["epoch"]
