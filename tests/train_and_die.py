"""A training in a process of its own, which kills itself: `python -m tests.train_and_die DATASET FOLDER …`."""

import argparse
import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path

from backend.store import StoredDataset
from tests.training_examples import FOR_DIGITS, spec
from worker.training.fit import train
from worker.training.report import Resume, SavedEpoch


class Journal:
    """Prints each epoch that is announced; ends the process after one, or just before it."""

    def __init__(self, die_after: int | None, die_before: int | None) -> None:
        self.die_after = die_after
        self.die_before = die_before

    def built(self, parameters: int) -> None:
        pass

    def progress(self, epoch: int, batch: int, batches: int, metrics: Mapping[str, float]) -> None:
        pass

    def log(self, text: str, level: str = "info") -> None:
        pass

    def saved(self, epoch: SavedEpoch) -> None:
        if epoch.epoch == self.die_before:
            os.kill(os.getpid(), signal.SIGKILL)
        metrics = {name: value for name, value in epoch.metrics.items() if name != "seconds"}
        best = epoch.best and epoch.best.path.name
        print(json.dumps({"epoch": epoch.epoch, "metrics": metrics, "best": best}), flush=True)
        if epoch.epoch == self.die_after:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--die-after", type=int)
    parser.add_argument("--die-before", type=int)
    given = parser.parse_args()
    given.folder.mkdir()
    journal = Journal(given.die_after, given.die_before)
    six_epochs = spec("digits", FOR_DIGITS, epochs=6, seed=11)
    train(
        six_epochs,
        StoredDataset.open(given.dataset),
        given.folder,
        journal,
        Resume(given.resume) if given.resume else None,
    )


if __name__ == "__main__":
    main()
