"""Reads one class of a run: its scores, their curve over the epochs, what it is confused with, and images of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from backend.analysis.choices import Kind
from backend.analysis.confusion import Counts
from backend.analysis.predictions import Indexes
from backend.analysis.samples import Selection, select
from backend.analysis.statistics.intervals import f1_interval, wilson
from backend.db.models import Run
from backend.errors import NotFound
from backend.mistakes.schemas import ClassCurve, ClassRead, ConfusedClass, Score
from backend.runs.sample_pages import samples_read
from backend.runs.stored_predictions import EpochPredictions, PredictionsFile, epoch_files
from backend.samples.prediction_files import arrays

IMAGES = 12  # of each list
MAX_CONFUSED = 50  # classes of each list
MAX_EPOCHS = 200  # of the curve
NO_SCORE = Score(value=None, interval=None)

Mask = npt.NDArray[np.bool_]


def class_page(session: Session, data_dir: Path, run: Run, stored: EpochPredictions, position: int) -> ClassRead:
    """Returns the class at `position`. Raises NotFound if there is none."""
    classes, counts = stored.predictions.classes, stored.predictions.counts()
    _check_position(run, classes, position)
    files = epoch_files(session, run, stored.split)
    right, support, predicted = _totals(counts, position)
    return ClassRead(
        epoch=stored.epoch,
        split=stored.split,
        classes=list(classes),
        position=position,
        name=classes[position],
        support=support,
        predicted=predicted,
        right=right,
        precision=share(right, predicted),
        recall=share(right, support),
        f1=f1(right, support, predicted),
        curve=_curve(data_dir, spread(files), stored.predictions.true, position),
        taken_for=_confused(classes, counts[position], np.full(len(classes), support), position),
        taken_from=_confused(classes, counts[:, position], counts.sum(axis=1), position),
        worst=samples_read(stored, select(stored.predictions, _surest("misclassified", position))[:IMAGES]),
        typical=samples_read(stored, select(stored.predictions, _surest("correct", position))[:IMAGES]),
    )


def _check_position(run: Run, classes: Sequence[str], position: int) -> None:
    if not 0 <= position < len(classes):
        raise NotFound(f"Run {run.name!r} has no class {position}: its {len(classes)} classes are counted from 0.")


def _totals(counts: Counts, position: int) -> tuple[int, int, int]:
    """Returns the images that are right, of the class, and predicted as it."""
    return int(counts[position, position]), int(counts[position].sum()), int(counts[:, position].sum())


def spread(files: list[PredictionsFile]) -> list[PredictionsFile]:
    """Returns at most MAX_EPOCHS files, evenly spread over the epochs, the first and the last among them."""
    if len(files) <= MAX_EPOCHS:
        return files
    return [files[at] for at in np.linspace(0, len(files) - 1, MAX_EPOCHS).round().astype(int)]


def share(right: int, images: int) -> Score:
    return Score(value=right / images, interval=wilson(right, images)) if images else NO_SCORE


def f1(right: int, support: int, predicted: int) -> Score:
    if support + predicted == 0:
        return NO_SCORE
    interval = f1_interval(right, support - right, predicted - right)
    return Score(value=2 * right / (support + predicted), interval=interval)


def _curve(data_dir: Path, files: list[PredictionsFile], labels: Indexes, position: int) -> ClassCurve:
    counts = [_epoch_counts(data_dir, file, labels == position, position) for file in files]
    return ClassCurve(
        epochs=[file.epoch for file in files],
        precision=[share(right, predicted).value for right, _, predicted in counts],
        recall=[share(right, support).value for right, support, _ in counts],
        f1=[f1(*epoch).value for epoch in counts],
    )


def _epoch_counts(data_dir: Path, file: PredictionsFile, is_class: Mask, position: int) -> tuple[int, int, int]:
    """Returns the images that are right, of the class, and predicted as it; zeros if the epoch's file is gone."""
    try:
        is_predicted = arrays(data_dir, file)["predicted"] == position
    except NotFound:
        return 0, 0, 0
    return int(np.sum(is_predicted & is_class)), int(is_class.sum()), int(is_predicted.sum())


def _confused(classes: Sequence[str], counts: Counts, supports: Counts, position: int) -> list[ConfusedClass]:
    """Returns the other classes with a count, the most frequent first."""
    others = [
        at for at in np.argsort(-counts, kind="stable")[: MAX_CONFUSED + 1].tolist() if at != position and counts[at]
    ]
    return [
        ConfusedClass(name=classes[at], position=at, count=count, support=support, share=count / support)
        for at in others[:MAX_CONFUSED]
        for count, support in [(int(counts[at]), int(supports[at]))]
    ]


def _surest(kind: Kind, position: int) -> Selection:
    return Selection(kind, true=position, order="confidence")
