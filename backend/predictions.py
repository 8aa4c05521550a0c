"""The predictions of a run's epoch: from the words of a request to the arrays on disk."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.analysis.predictions import Predictions
from backend.errors import NotFound
from backend.images import open_dataset
from backend.models import Epoch, Run

Split = Literal["validation", "test"]


@dataclass(frozen=True)
class EpochPredictions:
    """What a run's model said after `epoch`. `stored_split` is the part of the dataset that `split` was."""

    epoch: int
    split: Split
    dataset: str
    stored_split: str
    predictions: Predictions


def load(session: Session, data_dir: Path, run: Run, epoch: str, split: Split) -> EpochPredictions:
    """`epoch` is `best`, `last` or a number.

    Raises:
        NotFound: the run has no such epoch or split, or its files or its dataset are gone.
    """
    stored_split = _stored_split(run, split)
    row = _find(session, run, epoch)
    dataset = open_dataset(session, data_dir, run.dataset)
    file = io.BytesIO(_content(data_dir, row))
    try:
        predictions = Predictions.load(file, dataset.labels(stored_split), dataset.manifest.classes)
    except ValueError as error:
        raise _unreadable(row, f"they don't fit the dataset as it is now: {error}") from error
    return EpochPredictions(row.epoch, split, run.dataset, stored_split, predictions)


def _stored_split(run: Run, split: Split) -> str:
    # Validation from the training images is not built yet: what validates is the stored test split itself.
    if split == "test":
        raise NotFound(
            f"Run {run.name!r} has no split 'test' of its own: it validates on the test images. Ask for 'validation'."
        )
    return "test"


def _find(session: Session, run: Run, epoch: str) -> Epoch:
    last = session.scalar(select(func.max(Epoch.epoch)).where(Epoch.run_id == run.id))
    if last is None:
        raise NotFound(f"No epoch of run {run.name!r} has ended yet; it is {run.status}.")
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
        raise NotFound(f"Run {run.name!r} has no best epoch, its metric was never a number; it has {_known(last)}.")
    return int(run.best["epoch"])


def _known(last: int) -> str:
    return "epoch 1" if last == 1 else f"epochs 1 to {last}"


def _content(data_dir: Path, row: Epoch) -> bytes:
    path = (data_dir / row.predictions).resolve()
    if not path.is_relative_to(data_dir.resolve()):
        raise _unreadable(row, "their file lies outside the data dir")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(row, f"{row.predictions} below the data dir: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != row.predictions_sha256:
        raise _unreadable(row, f"{row.predictions} below the data dir is not what was saved")
    return content


def _unreadable(row: Epoch, reason: str) -> NotFound:
    return NotFound(f"The predictions of epoch {row.epoch} can't be read: {reason}.")
