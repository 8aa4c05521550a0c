"""Compares the predictions of two runs, image by image."""

from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from backend.analysis.statistics import mcnemar
from backend.analysis.statistics.intervals import paired_difference
from backend.compare.schemas import Pair
from backend.db.models import Run
from backend.errors import Conflict
from backend.phrases import listed
from backend.runs.stored_predictions import EpochPredictions, Split, load

ONLY_SETTINGS = "so their predictions can't be compared image by image"
MAX_CLASSES_NAMED = 5

Mask = npt.NDArray[np.bool_]


class Right(NamedTuple):
    """How many images both runs get right, one of them, or neither."""

    both: int
    only_first: int
    only_second: int
    neither: int

    def better(self) -> Literal["first", "second"]:
        return "second" if self.only_second > self.only_first else "first"


def load_pair(
    session: Session, data_dir: Path, runs: tuple[Run, Run], epochs: tuple[str, str], split: Split
) -> tuple[EpochPredictions, EpochPredictions]:
    """Returns the predictions of two runs that were scored on the same images.

    Raises:
        NotFound: A run was deleted, or has no predictions of that epoch or split.
        Conflict: The runs were not scored on the same images, or have other classes.
    """
    first, second = (load(session, data_dir, run, epoch, split) for run, epoch in zip(runs, epochs, strict=True))
    if reason := _why_unlike(*runs, first, second):
        raise Conflict(f"{reason}, {ONLY_SETTINGS}.")
    return first, second


def compare(first: EpochPredictions, second: EpochPredictions) -> Pair:
    """Compares two runs' predictions of the same images."""
    a, b = first.predictions, second.predictions
    right = _count_right(a.predicted == a.true, b.predicted == b.true)
    p_value = mcnemar.p_value(right.only_first, right.only_second)
    first_matrix = a.counts()
    return Pair(
        epochs=(first.epoch, second.epoch),
        split=first.split,
        classes=list(a.classes),
        n=len(a),
        both_right=right.both,
        only_first=right.only_first,
        only_second=right.only_second,
        both_wrong=right.neither,
        agreement=float(np.mean(a.predicted == b.predicted)),
        accuracy_difference=(right.only_second - right.only_first) / len(a),
        interval=paired_difference(right.only_first, right.only_second, len(a)),
        p_value=p_value,
        test="mcnemar-exact",
        better=right.better() if p_value < mcnemar.SIGNIFICANT else None,
        sentence=mcnemar.sentence(right.only_first, right.only_second),
        matrix=(b.counts() - first_matrix).tolist(),
        first_matrix=first_matrix.tolist(),
    )


def _count_right(first: Mask, second: Mask) -> Right:
    return Right(
        both=int(np.sum(first & second)),
        only_first=int(np.sum(first & ~second)),
        only_second=int(np.sum(second & ~first)),
        neither=int(np.sum(~first & ~second)),
    )


def _why_unlike(a: Run, b: Run, first: EpochPredictions, second: EpochPredictions) -> str | None:
    """Returns the start of a sentence that says why the images or classes of two runs differ, or None."""
    names = f"Runs {a.name!r} and {b.name!r}"
    if first.predictions.classes != second.predictions.classes:
        return f"{names} have other classes: {_classes(first)}; and {_classes(second)}"
    if a.dataset != b.dataset and (a.dataset_hash is None or a.dataset_hash != b.dataset_hash):
        return f"{names} were scored on other datasets, {a.dataset!r} and {b.dataset!r}"
    if first.stored_split != second.stored_split:
        return f"{names} were validated on images of other splits, {first.stored_split} and {second.stored_split}"
    if len(first.positions) != len(second.positions):
        return f"{names} were scored on {len(first.positions):,} and on {len(second.positions):,} images"
    if not np.array_equal(first.positions, second.positions):
        seeds = f"seeds {a.spec['seed']} and {b.spec['seed']}"
        return f"{names} hold back other training images for validation ({seeds})"
    return None


def _classes(stored: EpochPredictions) -> str:
    names = stored.predictions.classes
    more = f" and {len(names) - MAX_CLASSES_NAMED} more" if len(names) > MAX_CLASSES_NAMED else ""
    return f"{listed(names[:MAX_CLASSES_NAMED])}{more}"
