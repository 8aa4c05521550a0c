"""Trains probes and writes their median times as the last line of JSON; its `seconds` are those of all.

Files are saved below the folder, as those of runs are. See `backend.planning.costs.probes`.

python -m worker.training.inference.probes FOLDER PRECISION NAME…
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np

from backend.datasets import store
from backend.datasets.store import StoredDataset
from backend.planning.costs.probes import (
    BACKBONE_NAME,
    BASES,
    BATCH_SIZE,
    CHANNELS,
    CLASSES,
    LARGE_SIDE,
    PROBES,
    BackboneTimes,
    Probe,
    Times,
    backbone_spec,
)
from worker.process.lifeline import end_with_parent
from worker.training import machine, networks
from worker.training.data.scaling import PixelScaling
from worker.training.files import Folder
from worker.training.fit import train
from worker.training.portable.backbone import feature_pass
from worker.training.report import Report, SavedEpoch

TIMED_PASSES, TIMED_SAVES = 4, 2

T = TypeVar("T")


class Stopwatch(Report):
    """A report that notes when the network is built and when each epoch is saved."""

    def __init__(self) -> None:
        self.built_at = time.perf_counter()
        self.saved_at: list[float] = []
        self.epochs: list[SavedEpoch] = []

    def training_started(self, parameters: int) -> None:  # noqa: ARG002 - only the moment counts
        self.built_at = time.perf_counter()

    def save_epoch(self, epoch: SavedEpoch) -> bool:
        self.saved_at.append(time.perf_counter())
        self.epochs.append(epoch)
        return False

    def times(self, ended_at: float) -> Times:
        """Saving the best model takes as long as saving the last one, which is all that follows the last epoch."""
        best = ended_at - self.saved_at[-1]
        epoch = median(self._seconds(epoch) for epoch in self.epochs[1:])
        gaps = [after - before for before, after in zip(self.saved_at, self.saved_at[1:], strict=False)]
        saves = [
            gap - self._seconds(epoch) - (best if epoch.best else 0.0)
            for gap, epoch in zip(gaps, self.epochs[1:], strict=True)
        ]
        save = max(0.0, median(saves))
        first = self.saved_at[0] - self.built_at
        start = max(0.0, first - epoch - save - best)
        return Times(start=start, epoch=epoch, save=save, best=best)

    @staticmethod
    def _seconds(epoch: SavedEpoch) -> float:
        return epoch.metrics["seconds"]


def main() -> None:
    end_with_parent()
    started = time.perf_counter()
    folder, precision, *names = sys.argv[1:]
    times: dict[str, dict[str, float]] = {}
    for name in [*names, *(base for base in BASES if base in names)]:
        with TemporaryDirectory(dir=folder, prefix="probes-") as temporary:
            again = measured(name, precision, Path(temporary)).model_dump()
        before = times.get(name, again)
        times[name] = {part: min(seconds, before[part]) for part, seconds in again.items()}
    print(json.dumps({"seconds": time.perf_counter() - started, "times": times}), flush=True)


def measured(name: str, precision: str, folder: Path) -> Times | BackboneTimes:
    return backbone_times(precision, folder) if name == BACKBONE_NAME else timed(PROBES[name], precision, folder)


def backbone_times(precision: str, folder: Path) -> BackboneTimes:
    """The weights are random: they change nothing of the times."""
    spec, shape = backbone_spec(), (LARGE_SIDE, LARGE_SIDE, CHANNELS)
    machine.configure(spec.seed, small=False)
    model, build = _timed(lambda: networks.build(spec.model, shape, CLASSES, precision))
    images = np.random.default_rng(0).integers(0, 256, (BATCH_SIZE, *shape), np.uint8)
    forward = feature_pass(model, PixelScaling("signed"))
    passes = [_timed(lambda: forward(images, np.arange(BATCH_SIZE)))[1] for _ in range(TIMED_PASSES)]
    files = Folder(folder, Report().log)
    saves = [_timed(lambda: files.save("model.keras", model.save))[1] for _ in range(TIMED_SAVES)]
    return BackboneTimes(build=build, first=passes[0], later=min(passes[1:]), save=min(saves))


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """Returns the result and the seconds."""
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def timed(probe: Probe, precision: str, folder: Path) -> Times:
    dataset = noise(folder, probe)
    report = Stopwatch()
    train(probe.spec(precision), dataset, folder, report)
    return report.times(time.perf_counter())


def noise(parent: Path, probe: Probe) -> StoredDataset:
    """Stores random images for a probe, and one batch of them for validation."""
    draw = np.random.default_rng(0)
    arrays = {
        split: (draw.integers(0, 256, (size, probe.side, probe.side, CHANNELS), np.uint8), np.arange(size) % CLASSES)
        for split, size in (("train", probe.images), ("test", BATCH_SIZE))
    }
    folder, _ = store.write(parent, "probe", [str(number) for number in range(CLASSES)], arrays)
    return StoredDataset.open(folder)


if __name__ == "__main__":
    main()
