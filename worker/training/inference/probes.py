"""Trains probes and writes their times as the last line of JSON: `python -m worker.training.inference.probes FOLDER
PRECISION NAME…`. Files are saved below the folder, as those of runs are. See `backend.planning.costs.probes`.
"""

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from backend.datasets import store
from backend.datasets.store import StoredDataset
from backend.planning.costs.probes import BATCH_SIZE, CHANNELS, CLASSES, PROBES, SIDE, Probe, Times
from worker.lifeline import end_with_parent
from worker.training.fit import train
from worker.training.report import SavedEpoch, SilentReport


class Stopwatch(SilentReport):
    """A report that notes when each epoch is saved."""

    def __init__(self) -> None:
        self.started_at = time.perf_counter()
        self.saved_at: list[float] = []
        self.seconds: list[float] = []

    def save_epoch(self, epoch: SavedEpoch) -> bool:
        self.saved_at.append(time.perf_counter())
        self.seconds.append(epoch.metrics["seconds"])
        return False

    def times(self, ended_at: float) -> Times:
        gaps = [after - before for before, after in zip(self.saved_at, self.saved_at[1:], strict=False)]
        epoch = min(self.seconds[1:])
        save = max(0.0, min(gap - seconds for gap, seconds in zip(gaps, self.seconds[1:], strict=True)))
        around = self.saved_at[0] - self.started_at + ended_at - self.saved_at[-1]
        return Times(epoch=epoch, save=save, start=max(0.0, around - epoch - save))


def main() -> None:
    end_with_parent()
    folder, precision, *names = sys.argv[1:]
    with TemporaryDirectory(dir=folder, prefix="probes-") as temporary:
        dataset = noise(Path(temporary))
        times = {name: timed(PROBES[name], precision, dataset, Path(temporary, name)) for name in names}
    print(json.dumps({name: value.model_dump() for name, value in times.items()}), flush=True)


def noise(parent: Path) -> StoredDataset:
    """Stores random images, as many as the largest probe trains, and one batch of them for validation."""
    draw = np.random.default_rng(0)
    sizes = {"train": max(probe.images for probe in PROBES.values()), "test": BATCH_SIZE}
    arrays = {
        split: (draw.integers(0, 256, (size, SIDE, SIDE, CHANNELS), np.uint8), np.arange(size) % CLASSES)
        for split, size in sizes.items()
    }
    folder, _ = store.write(parent, "probe", [str(number) for number in range(CLASSES)], arrays)
    return StoredDataset.open(folder)


def timed(probe: Probe, precision: str, dataset: StoredDataset, folder: Path) -> Times:
    folder.mkdir()
    report = Stopwatch()
    train(probe.spec(precision), dataset, folder, report)
    return report.times(time.perf_counter())


if __name__ == "__main__":
    main()
