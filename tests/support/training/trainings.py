"""Helpers for tests of training: small datasets, complete specs, and a report that keeps everything."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.datasets import store
from backend.datasets.store import Manifest, StoredDataset
from backend.spec import RunSpec
from worker.datasets.ingest import prepare
from worker.trainer_lines import Sign
from worker.training.report import PixelStatistics, Report, SavedEpoch

KERAS_SAVES_MODELS = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)
"""Keras 3.15's own warning, with NumPy 2, at each `model.save`."""

TINY = {"filters": [4], "dense_units": [8]}
FOR_DIGITS = {"filters": [16, 32], "dense_units": [64]}


class Recorded(Report):
    """A report that keeps everything."""

    def __init__(self) -> None:
        self.parameters = 0
        self.prepared_as: tuple[Manifest, PixelStatistics | None] | None = None
        self.epochs: list[SavedEpoch] = []
        self.progressed: list[tuple[int, int, int, dict[str, float]]] = []
        self.features_done: list[tuple[int, int]] = []
        self.signs: list[Sign] = []
        self.lines: list[str] = []
        self.finish_at: int | None = None  # a stop is requested after this epoch

    def record_machine(self, machine: str) -> None:
        self.log(machine)

    def training_started(self, parameters: int) -> None:
        self.parameters = parameters

    def record_preprocessing(self, dataset: Manifest, statistics: PixelStatistics | None) -> None:
        self.prepared_as = dataset, statistics

    def tell(self, sign: Sign) -> None:
        self.signs.append(sign)

    def progress(self, epoch: int, batch: int, batches: int, metrics: Mapping[str, float]) -> None:
        self.progressed.append((epoch, batch, batches, dict(metrics)))

    def features(self, done: int, images: int) -> None:
        self.features_done.append((done, images))

    def save_epoch(self, epoch: SavedEpoch) -> bool:
        self.epochs.append(epoch)
        return self.is_stop_requested()

    def is_stop_requested(self) -> bool:
        return self.finish_at is not None and len(self.epochs) >= self.finish_at

    def log(self, text: str, level: str = "info") -> None:
        self.lines.append(f"{level} {text}")

    def series(self, name: str) -> list[float]:
        return [epoch.metrics[name] for epoch in self.epochs]


def spec(name: str, options: Mapping[str, Any], **changes: Any) -> RunSpec:
    model = {"preset": "strided_cnn", "options": options}
    return RunSpec.model_validate({"dataset": {"name": name}, "model": model, **changes})


def tiny_dataset(parent: Path, train: int = 40, test: int = 12, validation: int = 0) -> StoredDataset:
    """Three classes of 8 × 8 noise: each class is brighter than the one before."""
    draw = np.random.default_rng(7)
    arrays = {}
    sizes = {"train": train, "test": test, **({"validation": validation} if validation else {})}
    for split, size in sizes.items():
        labels = np.arange(size) % 3
        images = draw.integers(0, 80, (size, 8, 8, 1)) + 80 * labels[:, None, None, None]
        arrays[split] = (images.astype(np.uint8), labels)
    folder, _ = store.write(parent, "tiny", ["dark", "grey", "bright"], arrays)
    return StoredDataset.open(folder)


def digits_dataset(parent: Path) -> StoredDataset:
    folder, _ = prepare("digits", parent, lambda _text: None)
    return StoredDataset.open(folder)
