"""Two finished runs with stored predictions and probabilities: ten classes, and a hundred."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.db.engine import Database
from benchmarks.measuring.options import Options
from tests.support.runs.compared import StoredRuns

IMAGES, EPOCHS = 10_000, 15
CLASSES, MANY_CLASSES = 10, 100
REPEATS = 15
BUDGET_MS, MANY_CLASSES_BUDGET_MS = 50.0, 100.0


@dataclass(frozen=True)
class ScoredRuns:
    """`ten` and `hundred` are ids of runs on 10,000 images, of as many classes."""

    ten: str
    hundred: str
    repeats: int

    def by_budget(self) -> tuple[tuple[str, str, float], ...]:
        """Returns each run's size as text, its id and the budget of an answer about it in milliseconds."""
        return (
            (f"{CLASSES} classes", self.ten, BUDGET_MS),
            (f"{MANY_CLASSES} classes", self.hundred, MANY_CLASSES_BUDGET_MS),
        )


def write_scored_runs(database: Database, data_dir: Path, options: Options) -> ScoredRuns:
    images, epochs = (200, 2) if options.smoke else (IMAGES, EPOCHS)
    stored = StoredRuns(database, data_dir)
    ten, hundred = (write_run(stored, images, classes, epochs) for classes in (CLASSES, MANY_CLASSES))
    return ScoredRuns(ten, hundred, 2 if options.smoke else REPEATS)


def write_run(stored: StoredRuns, images: int, classes: int, epochs: int) -> str:
    """Writes a run that is right on nine of ten images, and returns its id."""
    draw = np.random.default_rng(classes)
    labels = np.concatenate([np.arange(classes), draw.integers(0, classes, images - classes)])
    name = f"of-{classes}-classes"
    pixels = draw.integers(0, 256, (images, 28, 28, 1), np.uint8) // draw.integers(1, 9, (images, 1, 1, 1), np.uint8)
    stored.dataset(name, labels.tolist(), [f"class {number}" for number in range(classes)], pixels)
    metrics = [{"val_accuracy": 0.9, "val_loss": 0.4, "seconds": 1.0}] * epochs
    right = draw.random((epochs, images)) < 0.9
    predicted = np.where(right, labels, draw.integers(0, classes, (epochs, images)))
    probabilities = likely(predicted[-1], classes, draw)
    confidence = probabilities.max(axis=1).tolist()
    return stored.run(predicted, metrics, confidence, probabilities=probabilities, dataset={"name": name})


def likely(predicted: npt.NDArray[Any], classes: int, draw: np.random.Generator) -> npt.NDArray[np.float32]:
    """Returns probabilities (images, classes) whose largest is that of the predicted class."""
    values = draw.random((len(predicted), classes), np.float32) ** 4
    values[np.arange(len(predicted)), predicted] = 1 + classes * draw.random(len(predicted)) / 4
    shares: npt.NDArray[np.float32] = values / values.sum(axis=1, keepdims=True)
    return shares
