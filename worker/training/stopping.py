"""Keras' `EarlyStopping`, remembering over a resume."""

from typing import Any

import keras

from backend.spec import EarlyStopping as EarlyStoppingSpec
from worker.training.callbacks import EpochContext, Logs
from worker.training.monitors import mode, no_better, watched, worst_if_nan


class EarlyStopping(keras.callbacks.EarlyStopping):  # type: ignore[misc]
    """Its best weights are part of its state, and put back only when `restore_best` is called.

    So the last epoch's model can be saved before, and a training resumed after its last epoch ends the same way.
    """

    def __init__(self, spec: EarlyStoppingSpec, model: keras.Model, desk: EpochContext) -> None:
        super().__init__(
            spec.monitor,
            spec.min_delta,
            spec.patience,
            mode=mode(spec.monitor),
            restore_best_weights=spec.restore_best_weights,
        )
        self._desk = desk
        self.set_model(model)  # which a training that is resumed after its last epoch does not
        super().on_train_begin()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Keep what was restored."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        super().on_epoch_end(epoch, logs)
        if self.stopped_epoch:
            self._desk.remarks.append(
                f"Early stopping: {no_better(self.monitor, self.wait)}, the best was epoch {self.best_epoch + 1}"
            )

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Leave the weights as they are."""

    def get_monitor_value(self, logs: Logs) -> float:
        return worst_if_nan(self.monitor, watched(self.monitor, logs))

    @property
    def restores(self) -> bool:
        return self.best_weights is not None

    def restore_best(self) -> int:
        """Put the best weights into the model; returns their epoch."""
        self.model.set_weights(self.best_weights)
        return int(self.best_epoch) + 1

    def state(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in ("wait", "best", "best_epoch", "stopped_epoch")}
        return {**plain, **{f"{number:05}": array for number, array in enumerate(self.best_weights or ())}}

    def restore(self, state: dict[str, Any]) -> None:
        self.wait, self.best = state["wait"], state["best"]
        self.best_epoch, self.stopped_epoch = state["best_epoch"], state["stopped_epoch"]
        self.best_weights = [state[name] for name in sorted(state) if name.isdigit()] or None
