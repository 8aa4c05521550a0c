"""Trains in a process of its own, which kills itself:

`python -m tests.support.training.train_and_die DATASET FOLDER SPEC …`."""

import argparse
import hashlib
import json
import os
import signal
from pathlib import Path

import keras

from backend.datasets.store import StoredDataset
from backend.files import SavedFile, save_file
from backend.spec import RunSpec
from worker.training import files
from worker.training.fit import train
from worker.training.report import Outcome, Report, Resume, SavedEpoch


class PrintingReport(Report):
    """Prints each reported epoch, and kills the process after or just before one."""

    def __init__(self, die_after: int | None, die_before: int | None, die_with_features: int | None = None) -> None:
        self.die_after = die_after
        self.die_before = die_before
        self.die_with_features = die_with_features

    def features(self, done: int, images: int) -> None:
        if self.die_with_features is not None and self.die_with_features <= done < images:
            os.kill(os.getpid(), signal.SIGKILL)

    def save_epoch(self, epoch: SavedEpoch) -> bool:
        if epoch.epoch == self.die_before:
            os.kill(os.getpid(), signal.SIGKILL)
        metrics = {name: value for name, value in epoch.metrics.items() if name != "seconds"}
        best = epoch.best and epoch.best.path.name
        print(json.dumps({"epoch": epoch.epoch, "metrics": metrics, "best": best}), flush=True)
        if epoch.epoch == self.die_after:
            os.kill(os.getpid(), signal.SIGKILL)
        return False


def summary(outcome: Outcome) -> dict[str, object]:
    test = outcome.test and {"epoch": outcome.test.epoch, "metrics": outcome.test.metrics}
    files = {"final": weights(outcome.final), "last": weights(outcome.last)}
    return {"ended_by": outcome.ended_by, "test": test, **files}


def weights(file: SavedFile) -> str:
    """Returns a hash of all weights of a saved model."""
    arrays = keras.saving.load_model(file.path).get_weights()
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def die_saving(name: str) -> None:
    """Kills the process when half of the file of that name is written."""

    def torn(path: Path, write: files.Write) -> SavedFile:
        if path.name == name:
            path.with_name(f"writing-{name}").write_bytes(b"PK half of a file")
            os.kill(os.getpid(), signal.SIGKILL)
        return save_file(path, write)

    setattr(files, "save_file", torn)  # noqa: B010 - mypy: the module imports it for itself


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("spec")
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--best", type=Path)
    parser.add_argument("--die-after", type=int)
    parser.add_argument("--die-before", type=int)
    parser.add_argument("--die-with-features", type=int, help="after so many images, of more")
    parser.add_argument("--die-saving", default="")
    options = parser.parse_args()
    options.folder.mkdir()
    die_saving(options.die_saving)
    report = PrintingReport(options.die_after, options.die_before, options.die_with_features)
    spec, dataset = RunSpec.model_validate_json(options.spec), StoredDataset.open(options.dataset)
    resume = Resume(options.resume, options.best) if options.resume else None
    print(json.dumps(summary(train(spec, dataset, options.folder, report, resume))), flush=True)


if __name__ == "__main__":
    main()
