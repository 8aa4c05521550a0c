"""What the callbacks of one epoch hand to each other, and the base class of the callbacks here."""

from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from backend.files import SavedFile
from worker.training.files import Folder
from worker.training.fit_time import FitTime
from worker.training.validation import Probabilities

Logs = dict[str, Any]


@dataclass
class EpochContext:
    """Files and log lines that the callbacks of the current epoch produce. `Validate` clears it in `on_epoch_begin`.

    `files` are keyed by the fields of `SavedEpoch`. `time` is that of all epochs.
    """

    folder: Folder
    probabilities: Probabilities = field(default_factory=lambda: np.empty((0, 0), np.float32))
    files: dict[str, SavedFile] = field(default_factory=dict)
    log_lines: list[str] = field(default_factory=list)
    time: FitTime = field(default_factory=FitTime)

    def clear(self) -> None:
        self.files.clear()
        self.log_lines.clear()


class Callback(keras.callbacks.Callback):  # type: ignore[misc]
    """Base class. Keras counts epochs from 0 in its hooks, this program from 1: hence `epoch + 1`."""
