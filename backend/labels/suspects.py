"""Pages of the images whose labels are probably wrong: by confident learning, and by what people answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, TypeAdapter
from sqlalchemy.orm import Session

from backend.analysis.predictions import Indexes
from backend.db.models import Run
from backend.errors import NotFound
from backend.evaluations.results import training_probabilities
from backend.labels import people
from backend.labels.decisions import Key, decisions_of
from backend.labels.judges import Judgement, Load, find_rows, judge_labels
from backend.labels.schemas import (
    ImagePlace,
    Judged,
    JudgeRead,
    LabelDecisionRead,
    LeftOutRun,
    Opinion,
    PeopleRead,
    Suspect,
    Suspects,
    SuspectsFilter,
    SuspectsQuery,
)
from backend.runs.sample_pages import image_path
from backend.runs.stored_predictions import dataset_of
from backend.runs.stored_probabilities import RunProbabilities, load_probabilities
from backend.runs.table import cursors

POSITION = TypeAdapter(tuple[Annotated[int, Field(ge=0, lt=2**31)]])
"""The position in a cursor: an offset."""
TYPICAL_IMAGES = 4  # of each class
DECIMALS = 4  # of a probability


def _load_training(session: Session, data_dir: Path, run: Run) -> RunProbabilities:
    dataset_of(session, data_dir, run)
    rows = training_probabilities(session, data_dir, run)
    if rows is None:
        raise NotFound(
            f"What run {run.name!r} says of its training images was not computed yet; ask for the evaluation "
            "training_predictions of the run."
        )
    return RunProbabilities(run, rows.epoch, rows.stored_split, rows.positions, rows.values)


LOADERS: dict[Judged, Load] = {"validation": load_probabilities, "train": _load_training}


@dataclass(frozen=True)
class Doubted:
    """An image whose label is doubted: row `row` of a judgement. `score` orders the list, the least first."""

    judgement: Judgement
    row: int
    score: float
    people: PeopleRead | None

    @property
    def key(self) -> Key:
        return self.judgement.stored_split, int(self.judgement.positions[self.row])


@dataclass(frozen=True)
class SuspectList:
    """All suspects of a dataset, most suspect first, with what judged them."""

    name: str
    judgements: list[Judgement]
    left_out: list[LeftOutRun]
    doubted: list[Doubted]


def find_suspects(session: Session, data_dir: Path, name: str, query: SuspectsFilter) -> SuspectList:
    """Returns the suspects of a dataset.

    Raises:
        NotFound: as `judge_labels`.
    """
    judgements, left_out = judge_labels(session, data_dir, name, query.run_ids(), LOADERS[query.split])
    answers = people.people_of(session, name)
    doubted = [image for judgement in judgements for image in _doubted(judgement, answers)]
    return SuspectList(name, judgements, left_out, sorted(doubted, key=lambda image: image.score))


def page(session: Session, suspects: SuspectList, query: SuspectsQuery) -> Suspects:
    """Returns a page of the suspects, with what each run says, and typical images of the classes on it."""
    judges = [judge for judgement in suspects.judgements for judge in judgement.judges]
    of_all_pages = (suspects.name, query.split, [(judge.run.id, judge.epoch) for judge in judges])
    offset = cursors.decode(query.cursor, of_all_pages, POSITION)[0] if query.cursor else 0
    end = offset + query.limit
    doubted = suspects.doubted[offset:end]
    items = read_items(suspects.name, doubted, decisions_of(session, suspects.name, [image.key for image in doubted]))
    classes = sorted({name for item in items for name in (item.label, item.suggested)})
    return Suspects(
        items=items,
        next_cursor=cursors.encode(of_all_pages, [end]) if end < len(suspects.doubted) else None,
        total=len(suspects.doubted),
        images=sum(len(judgement.positions) for judgement in suspects.judgements),
        in_sample=query.split == "train",
        runs=[JudgeRead(id=judge.run.id, name=judge.run.name, epoch=judge.epoch) for judge in judges],
        left_out=suspects.left_out,
        usual=_usual(suspects.judgements, classes),
        typical={name: list(_typical(suspects, name)) for name in classes},
    )


def read_items(name: str, doubted: Sequence[Doubted], decisions: dict[Key, LabelDecisionRead]) -> list[Suspect]:
    return [_read(name, image, decisions.get(image.key)) for image in doubted]


def _doubted(judgement: Judgement, answers: dict[Key, dict[str, int]]) -> Iterator[Doubted]:
    """Yields the images that the runs doubt, or most people who named them in a quiz."""
    by_runs, by_people = judgement.suspects, _people_by_row(judgement, answers)
    disputed = {row for row, summary in by_people.items() if people.disagree(summary)}
    for row in {*np.flatnonzero(by_runs.is_suspect).tolist(), *disputed}:
        summary, score = by_people.get(row), float(by_runs.score[row])
        if summary is not None and row in disputed:
            score = min(score, summary.agree / summary.answers)
        yield Doubted(judgement, row, score, summary)


def _people_by_row(judgement: Judgement, answers: dict[Key, dict[str, int]]) -> dict[int, PeopleRead]:
    """Returns what people answered, by the rows of a judgement."""
    names, summaries = judgement.dataset.manifest.classes, {}
    for (split, index), labels in answers.items():
        row = int(np.searchsorted(judgement.positions, index))
        is_judged = row < len(judgement.positions) and judgement.positions[row] == index
        if split == judgement.stored_split and is_judged:
            summaries[row] = people.summarised(labels, names[judgement.labels[row]])
    return summaries


def _read(name: str, image: Doubted, decision: LabelDecisionRead | None) -> Suspect:
    judgement, names = image.judgement, image.judgement.dataset.manifest.classes
    label = int(judgement.labels[image.row])
    suggested = names[judgement.suspects.suggested[image.row]]
    if image.people is not None and not judgement.suspects.is_suspect[image.row]:
        suggested = image.people.class_
    split, index = image.key
    return Suspect(
        split=split,
        index=index,
        image=image_path(name, split, index),
        label=names[label],
        suggested=suggested,
        score=round(image.score, DECIMALS),
        runs=list(_opinions(judgement, image.row, label)),
        people=image.people,
        decision=decision,
    )


def _opinions(judgement: Judgement, row: int, label: int) -> Iterator[Opinion]:
    names = judgement.dataset.manifest.classes
    for judge in judgement.judges:
        places, judged = find_rows(judge, judgement.positions[row : row + 1])
        if judged[0]:
            probabilities = judge.probabilities[places[0]]
            top = int(probabilities.argmax())
            yield Opinion(
                run=judge.run.id,
                predicted=names[top],
                confidence=round(float(probabilities[top]), DECIMALS),
                label_probability=round(float(probabilities[label]), DECIMALS),
            )


def _usual(judgements: Sequence[Judgement], classes: Sequence[str]) -> dict[str, float]:
    """Returns the mean probability of the label by class, of the first judgement that has images of the class."""
    usual: dict[str, float] = {}
    for judgement in reversed(judgements):
        means = dict(zip(judgement.dataset.manifest.classes, judgement.suspects.usual.tolist(), strict=True))
        usual |= {name: round(means[name], DECIMALS) for name in classes if means[name] == means[name]}
    return usual


def _typical(suspects: SuspectList, class_name: str) -> Iterator[ImagePlace]:
    """Yields the images of a class that the runs are surest of."""
    for judgement in suspects.judgements[:1]:
        label = judgement.dataset.manifest.classes.index(class_name)
        for row in _surest(judgement, label):
            split, index = judgement.stored_split, int(judgement.positions[row])
            yield ImagePlace(split=split, index=index, image=image_path(suspects.name, split, index))


def _surest(judgement: Judgement, label: int) -> Indexes:
    rows = np.flatnonzero(judgement.labels == label)
    return rows[np.argsort(-judgement.suspects.score[rows], kind="stable")[:TYPICAL_IMAGES]]
