"""What the rules look at: a run's spec, its metrics by epoch, and the confusion matrix of its best epoch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from backend.diagnosis.noise import loss_error
from backend.spec import RunSpec

Column = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.int64]

RECENT_SHARE = 3  # the last third of the epochs says how a training ended
MIN_RECENT = 3


@dataclass(frozen=True)
class Case:
    """A run with at least one epoch.

    `series` are metrics, each as long as `epochs`, NaN or None where a value is not finite. `matrix` is that of the
    best epoch, rows true; None without a best epoch or its file. `ended_by` is None for a run that trains or failed.
    `train_images` and `image_shape` are None where they are not known, and `class_images` are all training images of
    each class.
    """

    spec: RunSpec
    epochs: Sequence[int]
    series: Mapping[str, Column | Sequence[float | None]]
    validation_images: int
    classes: Sequence[str]
    best_epoch: int | None = None
    matrix: Matrix | None = None
    ended_by: str | None = None
    train_images: int | None = None
    class_images: Sequence[int] | None = None
    image_shape: Sequence[int] | None = None

    def column(self, name: str) -> Column:
        """Returns a metric by epoch, NaN where it is missing or not finite."""
        values = self.series.get(name)
        return np.full(len(self.epochs), np.nan) if values is None else np.asarray(values, np.float64)

    @cached_property
    def train_loss(self) -> Column:
        """In test mode on a fixed part; runs of older versions have only the mean over an epoch, with dropout."""
        return self.column("train_eval_loss" if self.is_train_evaluated else "loss")

    @cached_property
    def train_accuracy(self) -> Column:
        return self.column("train_eval_accuracy" if self.is_train_evaluated else "accuracy")

    @cached_property
    def val_loss(self) -> Column:
        return self.column("val_loss")

    @cached_property
    def val_accuracy(self) -> Column:
        return self.column("val_accuracy")

    @property
    def best_accuracy(self) -> float:
        """The validation accuracy of the best epoch; NaN without one."""
        at = self.val_accuracy[np.equal(self.epochs, self.best_epoch or 0)]
        return float(at[0]) if len(at) else float("nan")

    def val_loss_error(self, index: int) -> float:
        """Returns the standard error of a validation loss; the L1 and L2 penalty in it is known exactly."""
        penalty = float(np.nan_to_num(self.column("penalty")[index]))
        loss, accuracy = float(self.val_loss[index]) - penalty, float(self.val_accuracy[index])
        return loss_error(loss, accuracy, self.validation_images)

    @property
    def is_train_evaluated(self) -> bool:
        return "train_eval_loss" in self.series

    @property
    def is_finite(self) -> bool:
        """Whether every epoch has a training and a validation loss."""
        return bool(np.isfinite(self.train_loss).all() and np.isfinite(self.val_loss).all())

    @property
    def chance_loss(self) -> float:
        """The loss of a network that knows nothing: equal probabilities for all classes."""
        return float(np.log(len(self.classes)))

    @property
    def chance_accuracy(self) -> float:
        """The accuracy of always predicting the most common class."""
        if self.matrix is None:
            return 1 / len(self.classes)
        return float(self.matrix.sum(axis=1).max() / self.matrix.sum())

    @property
    def recent(self) -> int:
        """The number of last epochs that say how the training ended."""
        return max(MIN_RECENT, len(self.epochs) // RECENT_SHARE)
