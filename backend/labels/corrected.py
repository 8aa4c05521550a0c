"""Scores runs again on corrected labels, from their stored predictions of the best epoch."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.analysis.predictions import Indexes
from backend.analysis.statistics.intervals import wilson
from backend.datasets import registry
from backend.datasets.derivation import LEFT_OUT, Derivation, Derived, LabelChange, derive, origins
from backend.datasets.images import open_dataset
from backend.datasets.store import Manifest, StoredDataset
from backend.datasets.version_names import base_name, version_title
from backend.datasets.versions import versions
from backend.db.models import LabelDecision, Run
from backend.errors import NotFound
from backend.labels.judges import find_runs, why_other_dataset
from backend.labels.schemas import ClassCount, CorrectedScore, CorrectedScores, Corrections, LeftOutRun, Score
from backend.runs.stored_predictions import EpochPredictions, load

NO_CLASS = -2  # equals no label
Classes = npt.NDArray[np.int64]
Correct = Callable[[str, Indexes], Classes]
"""Takes a stored split and positions in it; returns the corrected classes, LEFT_OUT for an image without one."""


@dataclass(frozen=True)
class Target:
    """Corrected labels. `class_of` has the corrected class of each class that a run predicts."""

    correct: Correct
    class_of: Classes


def preview(session: Session, data_dir: Path, name: str, run_ids: Sequence[str]) -> Corrections:
    """Returns what the decisions about a dataset would change, with the scores of runs on it.

    Raises:
        NotFound: There is no such dataset, it is not ready, or there is no run of one of the ids.
    """
    dataset = open_dataset(session, data_dir, name)
    rows = session.scalars(select(LabelDecision).where(LabelDecision.dataset == name)).all()
    changes = [_change(row) for row in rows if row.action != "keep"]
    derived = derive(dataset, Derivation(changes=changes)) if changes else unchanged(dataset)

    def target(run: Run) -> Target:
        if reason := why_other_dataset(run, name):
            raise NotFound(reason)
        return Target(derived.corrected, derived.class_of)

    relabelled = sum(change.do == "relabel" for change in changes)
    return Corrections(
        relabelled=relabelled,
        left_out=len(changes) - relabelled,
        kept=len(rows) - len(changes),
        counts={split: _counts(dataset.manifest, split, derived) for split in dataset.splits},
        scores=_score_all(session, data_dir, find_runs(session, [name], run_ids), target),
    )


def version_scores(session: Session, data_dir: Path, name: str, run_ids: Sequence[str]) -> CorrectedScores:
    """Returns the scores of runs on other versions of a dataset on the labels of version `name`.

    Raises:
        NotFound: as `preview`.
    """
    base = base_name(name)
    family = [base, *versions(session, base)]
    opened = _Versions(session, data_dir)
    opened.open(name)
    runs = find_runs(session, [other for other in family if other != name], run_ids)

    def target(run: Run) -> Target:
        if run.dataset not in family:
            raise NotFound(f"It was trained on {version_title(run.dataset)}, which is no version of {base!r}.")
        return opened.target(run.dataset, name)

    return _score_all(session, data_dir, runs, target)


def unchanged(dataset: StoredDataset) -> Derived:
    labels = {split: np.asarray(dataset.labels(split), np.int64) for split in dataset.splits}
    positions = {split: np.arange(len(labels[split])) for split in labels}
    names = dataset.manifest.classes
    return Derived(names, np.arange(len(names)), positions, labels)


def _score_all(
    session: Session, data_dir: Path, runs: Iterable[Run], target: Callable[[Run], Target]
) -> CorrectedScores:
    items, left_out = [], []
    for run in runs:
        try:
            items.append(_score(run, load(session, data_dir, run, "best", "validation"), target(run)))
        except NotFound as error:
            left_out.append(LeftOutRun(id=run.id, name=run.name, reason=error.detail))
    return CorrectedScores(items=items, left_out=left_out)


def _score(run: Run, stored: EpochPredictions, target: Target) -> CorrectedScore:
    predictions = stored.predictions
    labels = target.correct(stored.stored_split, stored.positions)
    is_kept = labels != LEFT_OUT
    if not is_kept.any():
        raise NotFound("None of its validation images is left.")
    return CorrectedScore(
        id=run.id,
        name=run.name,
        dataset=run.dataset,
        before=_accuracy(predictions.predicted == predictions.true),
        after=_accuracy((target.class_of[predictions.predicted] == labels)[is_kept]),
    )


def _accuracy(is_right: npt.NDArray[np.bool_]) -> Score:
    right, images = int(is_right.sum()), len(is_right)
    return Score(accuracy=right / images, interval=wilson(right, images), images=images)


def _change(row: LabelDecision) -> LabelChange:
    change = {"split": row.split, "index": row.position, "do": row.action, "class": row.label}
    return LabelChange.model_validate(change)


def _counts(manifest: Manifest, split: str, derived: Derived) -> list[ClassCount]:
    after = np.bincount(derived.labels[split], minlength=len(manifest.classes)).tolist()
    rows = zip(manifest.classes, manifest.counts[split], after, strict=True)
    return [ClassCount(name=name, before=before, after=count) for name, before, count in rows]


class _Versions:
    """Opens each version of a dataset once."""

    def __init__(self, session: Session, data_dir: Path) -> None:
        self._session, self._data_dir = session, data_dir
        self._opened: dict[str, StoredDataset] = {}

    def open(self, name: str) -> StoredDataset:
        if name not in self._opened:
            self._opened[name] = open_dataset(self._session, self._data_dir, name)
        return self._opened[name]

    def target(self, old: str, new: str) -> Target:
        """Returns the labels of version `new` for the images of version `old`, whatever was made of which."""

        def correct(split: str, positions: Indexes) -> Classes:
            places = self._origins(new, split)
            labels = np.full(1 + int(max(places.max(), self._origins(old, split).max())), LEFT_OUT)
            labels[places] = self.open(new).labels(split)
            return labels[self._origins(old, split)[positions]]

        return Target(correct, _class_map(self.open(old).manifest, self.open(new).manifest))

    def _origins(self, name: str, split: str) -> Classes:
        row = registry.find(self._session, name)
        folder = self._data_dir / str(row.folder if row else None)
        return origins(folder, self.open(name), split)


def _class_map(old: Manifest, new: Manifest) -> Classes:
    """Returns the class in `new` of each class in `old`; NO_CLASS for one that is several in `new`, or left out."""
    after = class_names(new)
    targets: dict[str | None, set[str | None]] = {name: set() for name in old.classes}
    for base, name in class_names(old).items():
        targets.setdefault(name, set()).add(after[base])
    places: dict[str | None, int] = {name: place for place, name in enumerate(new.classes)}
    found = [targets[name] for name in old.classes]
    return np.array([places.get(names.pop(), NO_CLASS) if len(names) == 1 else NO_CLASS for names in found])


def class_names(manifest: Manifest) -> dict[str, str | None]:
    """Returns the class of each class of version 1; None for one that is left out."""
    names: dict[str, str | None] | None = (manifest.derived or {}).get("class_of")
    return names or {name: name for name in manifest.classes}
