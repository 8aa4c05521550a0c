"""Loads the stored predictions of a run's epoch, by the epoch and split of a request."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.analysis.predictions import Indexes, Predictions
from backend.datasets.images import open_dataset
from backend.datasets.splits import partition
from backend.datasets.store import Images, StoredDataset
from backend.db.engine import read_again
from backend.db.models import ACTIVE, Epoch, Run
from backend.errors import NotFound
from backend.runs.read import get_run
from backend.spec import FromTrain, FromValidation, RunSpec

Split = Literal["validation", "test"]


@dataclass(frozen=True)
class EpochPredictions:
    """Predictions of a run's model after `epoch`.

    `stored_split` is the dataset's split that `split` was taken from, `images` are all images of it, and
    `positions` (N,) is the index of each sample in it.
    """

    epoch: int
    split: Split
    dataset: str
    stored_split: str
    images: Images
    positions: Indexes
    predictions: Predictions


@dataclass(frozen=True)
class PredictionsFile:
    """A file of predictions: its path below the data dir, and its SHA-256 when it was saved."""

    epoch: int
    path: str
    sha256: str


def load(session: Session, data_dir: Path, run: Run, epoch: str, split: Split) -> EpochPredictions:
    """Returns the predictions of `epoch`: `best`, `last` or a number.

    Raises:
        NotFound: The run has no such epoch or split, or its files or its dataset are gone.
    """
    return read_again(session, lambda current: _load(current, data_dir, get_run(current, run.id), epoch, split))


def _load(session: Session, data_dir: Path, run: Run, epoch: str, split: Split) -> EpochPredictions:
    spec = RunSpec.model_validate(run.spec)
    file = epoch_file(session, run, epoch, split)
    dataset = dataset_of(session, data_dir, run)
    stored_split, positions = positions_of(spec, dataset, split)
    labels = dataset.labels(stored_split)[positions]
    try:
        predictions = Predictions.load(io.BytesIO(read_file(data_dir, file)), labels, dataset.manifest.classes)
    except ValueError as error:
        raise _unreadable(file, f"they do not match the current dataset: {error}") from error
    images = dataset.images(stored_split)
    return EpochPredictions(file.epoch, split, run.dataset, stored_split, images, positions, predictions)


def dataset_of(session: Session, data_dir: Path, run: Run) -> StoredDataset:
    """Opens the dataset that the run was trained on. Raises NotFound if it is gone or has changed."""
    dataset = open_dataset(session, data_dir, run.dataset)
    if run.dataset_hash not in (None, dataset.manifest.content_hash):
        raise NotFound(
            f"Dataset {run.dataset!r} has changed since run {run.name!r} was trained: its content hash differs, so the "
            "run's images are no longer available."
        )
    return dataset


def positions_of(spec: RunSpec, dataset: StoredDataset, split: Split) -> tuple[str, Indexes]:
    """Returns the dataset's split that a run's split was taken from, and the index of each sample in it."""
    validation = spec.dataset.validation
    if split == "validation" and isinstance(validation, FromTrain):
        return "train", partition(dataset.labels("train"), spec.dataset.train_limit, validation, spec.seed)[1]
    if split == "validation" and isinstance(validation, FromValidation):
        return "validation", np.arange(sum(dataset.manifest.counts.get("validation", [])))
    return "test", np.arange(len(dataset.labels("test")[: spec.dataset.test_limit]))


def epoch_files(session: Session, run: Run, split: Split) -> list[PredictionsFile]:
    """Returns the files of all epochs that were scored on a split: of the test images only the best one.

    Raises:
        NotFound: There are none, as `load` says it.
    """
    if split == "test":
        return [_test_file(run, "best")]
    columns = select(Epoch.epoch, Epoch.predictions, Epoch.predictions_sha256)
    files = session.execute(columns.where(Epoch.run_id == run.id).order_by(Epoch.epoch)).all()
    return [PredictionsFile(*file) for file in files] or [_epoch_file(session, run, "last")]


def epoch_file(session: Session, run: Run, epoch: str, split: Split) -> PredictionsFile:
    """Returns the file of one epoch; the arguments and errors are those of `load`."""
    return _test_file(run, epoch) if split == "test" else _epoch_file(session, run, epoch)


def check_split(run: Run, split: Split) -> None:
    """Raises NotFound if the run has no such split, because it validates on the test images."""
    if split == "test" and run.spec["dataset"]["validation"]["from"] == "test":
        raise NotFound(
            f"Run {run.name!r} has no separate split 'test': it validates on the test images. Use split 'validation'."
        )


@dataclass(frozen=True)
class ScoredImages:
    """How many images a run's epochs are validated on, and how many its test split has."""

    validation: int
    test: int


def scored_images(spec: RunSpec, dataset: StoredDataset) -> ScoredImages:
    """Counts the images that a run of this spec is scored on."""
    test = len(dataset.labels("test")[: spec.dataset.test_limit])
    return ScoredImages(len(positions_of(spec, dataset, "validation")[1]), test)


def _test_file(run: Run, epoch: str) -> PredictionsFile:
    check_split(run, "test")
    if run.test is None:
        raise NotFound(
            f"Run {run.name!r} has no test predictions yet: its best model is tested at the end; it is {run.status}."
        )
    if epoch not in ("best", str(run.test["epoch"])):
        raise NotFound(f"Only the best model, that of epoch {run.test['epoch']}, was tested; use epoch 'best'.")
    return PredictionsFile(run.test["epoch"], run.test["predictions"], run.test["predictions_sha256"])


def _epoch_file(session: Session, run: Run, epoch: str) -> PredictionsFile:
    row = _find(session, run, epoch)
    return PredictionsFile(row.epoch, row.predictions, row.predictions_sha256)


def _find(session: Session, run: Run, epoch: str) -> Epoch:
    last = session.scalar(select(func.max(Epoch.epoch)).where(Epoch.run_id == run.id))
    if last is None:
        yet = " yet" if run.status in ACTIVE else ""
        raise NotFound(f"Run {run.name!r} has no finished epoch{yet}; it is {run.status}.")
    row = session.get(Epoch, (run.id, _number(run, epoch, last)))
    if row is None:
        raise NotFound(f"Run {run.name!r} has no epoch {epoch}; it has {_known(last)}.")
    return row


def _number(run: Run, epoch: str, last: int) -> int:
    if epoch == "last":
        return last
    if epoch != "best":
        return int(epoch)
    if run.best is None:
        raise NotFound(f"Run {run.name!r} has no best epoch because its metric was always NaN; it has {_known(last)}.")
    return int(run.best["epoch"])


def _known(last: int) -> str:
    return "epoch 1" if last == 1 else f"epochs 1 to {last}"


def read_file(data_dir: Path, file: PredictionsFile) -> bytes:
    """Returns the content of a file. Raises NotFound if it is gone or is not the one that was saved."""
    path = (data_dir / file.path).resolve()
    if not path.is_relative_to(data_dir.resolve()):
        raise _unreadable(file, "the file is outside the data dir")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(file, f"{file.path} below the data dir: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise _unreadable(file, f"the SHA-256 of {file.path} below the data dir differs from the stored one")
    return content


def _unreadable(file: PredictionsFile, reason: str) -> NotFound:
    return NotFound(f"The predictions of epoch {file.epoch} can't be read: {reason}.")
