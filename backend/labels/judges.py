"""Chooses the runs that judge the labels of a dataset, and averages their probabilities."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.analysis.predictions import Floats, Indexes
from backend.analysis.suspects import Suspects, find_suspects
from backend.datasets.images import open_dataset
from backend.datasets.store import StoredDataset
from backend.datasets.version_names import version_title
from backend.db.models import Artifact, Run
from backend.errors import NotFound
from backend.labels.schemas import MAX_RUNS, LeftOutRun
from backend.runs.stored_probabilities import RunProbabilities

MAX_VALUES = 200_000_000  # probabilities that are read for a list: 6 s, for 2 runs of 1,000 classes and 100,000 images
TOO_MANY = (
    f"The runs before it and this one gave more than {MAX_VALUES / 1e6:.0f} million probabilities, which take too long "
    "to read; name fewer runs."
)
NEWEST_FIRST = (Run.created_at.desc(), Run.id.desc())

Load = Callable[[Session, Path, Run], RunProbabilities]
"""Returns the probabilities that a run gave to images. Raises NotFound, with the reason, if there are none."""


@dataclass(frozen=True)
class Judgement:
    """Runs that judge images of one stored split. `positions` (N,) are the images that any of them judges."""

    stored_split: str
    dataset: StoredDataset
    judges: list[RunProbabilities]
    positions: Indexes = field(init=False)

    def __post_init__(self) -> None:
        first, *others = [judge.positions for judge in self.judges]
        alike = all(np.array_equal(first, other) for other in others)
        object.__setattr__(self, "positions", first if alike else np.unique(np.concatenate([first, *others])))

    @cached_property
    def labels(self) -> Indexes:
        return self.dataset.labels(self.stored_split)[self.positions]

    @cached_property
    def suspects(self) -> Suspects:
        return find_suspects(self.labels, len(self.dataset.manifest.classes), self.mean)

    def mean(self, rows: slice) -> Floats:
        """Returns the mean probabilities over the runs that judge each image, float32 of shape (rows, classes)."""
        positions = self.positions[rows]
        sums = np.zeros((len(positions), len(self.dataset.manifest.classes)), np.float32)
        counts = np.zeros((len(positions), 1), np.float32)
        for judge in self.judges:
            places, judged = find_rows(judge, positions)
            sums[judged] += judge.probabilities[places[judged]]
            counts[judged] += 1
        sums /= counts
        return sums


def find_rows(judge: RunProbabilities, positions: Indexes) -> tuple[Indexes, Indexes]:
    """Returns the row of each position in the run's probabilities, and a mask of the positions that it judges."""
    places = np.minimum(np.searchsorted(judge.positions, positions), len(judge.positions) - 1)
    return places, judge.positions[places] == positions


def judge_labels(
    session: Session, data_dir: Path, name: str, run_ids: Sequence[str], load: Load
) -> tuple[list[Judgement], list[LeftOutRun]]:
    """Returns the judgements, one for each stored split, and the runs that can't judge this dataset, with the reason.

    Without `run_ids`, the newest runs on the dataset judge that have ended with a best model.

    Raises:
        NotFound: There is no such dataset, it is not ready, or there is no run of one of the ids.
    """
    dataset = open_dataset(session, data_dir, name)
    judges: list[RunProbabilities] = []
    left_out: list[LeftOutRun] = []
    for run in find_runs(session, [name], run_ids):
        try:
            if reason := why_other_dataset(run, name):
                raise NotFound(reason)
            judges.append(_within_limit(judges, load(session, data_dir, run)))
        except NotFound as error:
            left_out.append(LeftOutRun(id=run.id, name=run.name, reason=error.detail))
    splits = sorted({judge.stored_split for judge in judges})
    by_split = [[judge for judge in judges if judge.stored_split == split] for split in splits]
    return [Judgement(split, dataset, part) for split, part in zip(splits, by_split, strict=True)], left_out


def _within_limit(judges: Sequence[RunProbabilities], judge: RunProbabilities) -> RunProbabilities:
    """Returns the judge. Raises NotFound if the judges before it leave no room for it; the first one always judges."""
    if judges and sum(each.probabilities.size for each in (*judges, judge)) > MAX_VALUES:
        raise NotFound(TOO_MANY)
    return judge


def why_other_dataset(run: Run, name: str) -> str | None:
    """Returns why a run has nothing to say of a dataset that it was not trained on, or None."""
    if run.dataset == name:
        return None
    return f"It was trained on {version_title(run.dataset)}, whose images or labels differ from {version_title(name)}."


def find_runs(session: Session, datasets: Sequence[str], run_ids: Sequence[str]) -> list[Run]:
    """Returns the runs of the ids; without ids, the newest on the datasets that have ended with a best model.

    Raises:
        NotFound: There is no run of one of the ids.
    """
    if not run_ids:
        with_model = select(Artifact.run_id).where(Artifact.name == "probabilities")
        filters = (Run.dataset.in_(datasets), Run.status.in_(("finished", "stopped")), Run.id.in_(with_model))
        return list(session.scalars(select(Run).where(*filters).order_by(*NEWEST_FIRST).limit(MAX_RUNS)))
    found = {run.id: run for run in session.scalars(select(Run).where(Run.id.in_(run_ids)))}
    if missing := next((run_id for run_id in run_ids if run_id not in found), None):
        raise NotFound(f"There is no run {missing!r}; it may have been deleted.")
    return [found[run_id] for run_id in run_ids]
