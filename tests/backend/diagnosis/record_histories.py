"""Trains what `trainings_to_record` lists and writes `histories.json` beside this file; takes some 15 minutes.

`KERAS_HOME=… .venv/bin/python -m tests.backend.diagnosis.record_histories`, where Keras' cache holds Fashion-MNIST.
Histories that the file has already are kept, so that a training can be added. Delete the file to record all again.
"""

import json
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np

from backend.datasets import store
from backend.datasets.store import StoredDataset
from backend.spec import RunSpec
from tests.backend.diagnosis.trainings_to_record import BAD, GOOD, Training
from tests.support.training.trainings import Recorded
from worker.datasets.ingest import prepare
from worker.training.data.splits import load_splits
from worker.training.errors import TrainingError
from worker.training.fit import train

FILE = Path(__file__).with_name("histories.json")
DIGITS = 4  # significant, of a recorded metric
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy", "train_eval_loss", "train_eval_accuracy", "penalty")


def main() -> None:
    recorded = json.loads(FILE.read_text()) if FILE.exists() else []
    known = {(history["recipe"], history["title"], history["seed"]) for history in recorded}
    for training in (*GOOD, *BAD):
        for spec in training.specs():
            if (training.recipe, training.title, spec.seed) not in known:
                recorded.append(record(training, spec))
                FILE.write_text(as_text(recorded))
                print(training.recipe, training.title, spec.seed, flush=True)


def as_text(recorded: list[dict[str, Any]]) -> str:
    """Returns JSON with one history a line."""
    return "[\n" + ",\n".join(json.dumps(history, separators=(",", ":")) for history in recorded) + "\n]\n"


def record(training: Training, spec: RunSpec) -> dict[str, Any]:
    """Trains once. `matrix` is the best epoch's, `loss_error` the bootstrapped standard error of its `val_loss`."""
    report, ended_by = Recorded(), "failed"
    stored = dataset(spec.dataset.name, training.test_images)
    with tempfile.TemporaryDirectory() as folder:
        try:
            ended_by = train(spec, stored, Path(folder), report).ended_by
        except TrainingError as error:
            print(error, file=sys.stderr)
        best = [epoch for epoch in report.epochs if epoch.probabilities is not None]
        probabilities = np.load(best[-1].probabilities.path) if best and best[-1].probabilities else None
    keras.backend.clear_session()
    labels = load_splits(stored, spec).validation.labels
    return {
        "recipe": training.recipe,
        "title": training.title,
        "seed": spec.seed,
        "ended_by": ended_by,
        "series": {name: [rounded(value) for value in report.series(name)] for name in METRICS},
        "best_epoch": best[-1].epoch if best else None,
        **of_best(probabilities, labels, len(stored.manifest.classes)),
    }


def of_best(probabilities: Any, labels: Any, classes: int) -> dict[str, Any]:
    if probabilities is None:
        return {"matrix": None, "loss_error": None}
    matrix = np.zeros((classes, classes), int)
    np.add.at(matrix, (labels, probabilities.argmax(axis=1)), 1)
    losses = -np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-7))
    draws = np.random.default_rng(0).choice(losses, (1_000, len(losses)))
    return {"matrix": matrix.tolist(), "loss_error": rounded(draws.mean(axis=1).std())}


def rounded(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None


@cache
def dataset(name: str, test_images: str) -> StoredDataset:
    parent = Path(tempfile.mkdtemp(prefix="recorded"))
    folder, _ = prepare(name, parent, print)
    stored = StoredDataset.open(folder)
    if test_images == "as they are":
        return stored
    images = stored.images("test")[:]
    altered = 255 - images if test_images == "inverted" else images // 8
    arrays = {"train": (stored.images("train"), stored.labels("train")), "test": (altered, stored.labels("test"))}
    folder, _ = store.write(parent, "altered", stored.manifest.classes, arrays)
    return StoredDataset.open(folder)


if __name__ == "__main__":
    main()
