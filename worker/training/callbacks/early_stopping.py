"""Keras' `EarlyStopping` with a state that a resumed training restores."""

from typing import Any

import keras

from backend.spec import EarlyStopping as EarlyStoppingSpec
from worker.training.callbacks.context import EpochContext, Logs
from worker.training.callbacks.monitors import mode, not_improved, watched, worst_if_nan


class EarlyStopping(keras.callbacks.EarlyStopping):  # type: ignore[misc]
    """Keeps the best weights in its state, and restores them only in `restore_best`.

    So the last epoch's model can be saved first, and a training that is resumed after its last epoch ends the same way.
    """

    def __init__(self, spec: EarlyStoppingSpec, model: keras.Model, context: EpochContext) -> None:
        super().__init__(
            spec.monitor,
            spec.min_delta,
            spec.patience,
            mode=mode(spec.monitor),
            restore_best_weights=spec.restore_best_weights,
        )
        self._context = context
        self.set_model(model)  # `fit` is not called if the training is resumed after its last epoch
        super().on_train_begin()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Does nothing: Keras' own would reset what was restored."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        super().on_epoch_end(epoch, logs)
        if self.stopped_epoch:
            self._context.log_lines.append(
                f"Early stopping: {not_improved(self.monitor, self.wait)}, the best was epoch {self.best_epoch + 1}"
            )

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Does nothing: Keras' own would restore the best weights."""

    def get_monitor_value(self, logs: Logs) -> float:
        return worst_if_nan(self.monitor, watched(self.monitor, logs))

    @property
    def has_best_weights(self) -> bool:
        return self.best_weights is not None

    def restore_best(self) -> int:
        """Sets the best weights in the model; returns their epoch."""
        self.model.set_weights(self.best_weights)
        return int(self.best_epoch) + 1

    def state(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in ("wait", "best", "best_epoch", "stopped_epoch")}
        return {**values, **{f"{number:05}": array for number, array in enumerate(self.best_weights or ())}}

    def restore(self, state: dict[str, Any]) -> None:
        self.wait, self.best = state["wait"], state["best"]
        self.best_epoch, self.stopped_epoch = state["best_epoch"], state["stopped_epoch"]
        self.best_weights = [state[name] for name in sorted(state) if name.isdigit()] or None
