# ruff: noqa: ARG002 - the hooks have the arguments that Keras gives
"""Adds the validation's metrics to the logs of an epoch."""

import time

import keras

from worker.training.callbacks.context import Callback, EpochContext, Logs
from worker.training.fit_time import Part
from worker.training.validation import Scorer


class Validate(Callback):
    """Adds those of METRICS that Keras' own logs lack. Keras gives the same logs to the callbacks after this one.

    `train_part` scores a fixed part of the training images, since Keras' own training metrics are means over an epoch,
    with dropout and augmentation. `seconds` is the time of training and validation, without saving.
    """

    def __init__(self, scorer: Scorer, train_part: Scorer, context: EpochContext) -> None:
        super().__init__()
        self._scorer = scorer
        self._train_part = train_part
        self._context = context
        self._started_at = 0.0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._started_at = time.perf_counter()
        self._context.clear()
        self._context.time.end(Part.PREPARING)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        self._context.time.end(Part.TRAINING)
        scores = self._scorer.scores()
        self._context.probabilities = scores.probabilities
        logs["val_loss"] = scores.loss
        logs["val_accuracy"] = scores.accuracy
        logs["val_macro_f1"] = scores.macro_f1
        trained = self._train_part.scores()
        logs["train_eval_loss"] = trained.loss
        logs["train_eval_accuracy"] = trained.accuracy
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        logs["penalty"] = penalty(self.model)
        logs["seconds"] = time.perf_counter() - self._started_at
        self._context.time.end(Part.VALIDATION)


def penalty(model: keras.Model) -> float:
    """Returns the L1 and L2 part of the loss for the current weights, in float32 whatever the precision."""
    weights = model.trainable_weights
    return float(sum(weight.regularizer(weight) for weight in weights if weight.regularizer is not None))
