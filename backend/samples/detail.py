"""Reads one image of a run: its likeliest classes, its story, and what other runs say of it."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from backend.analysis.predictions import json_number
from backend.analysis.story import changes
from backend.artifacts.prediction import ClassProbability
from backend.db.engine import read_again
from backend.db.models import Artifact, Run
from backend.runs.read import get_run
from backend.runs.sample_pages import image_path
from backend.runs.stored_predictions import PredictionsFile, Split, epoch_files
from backend.samples.image import RunImage, find_image
from backend.samples.neighbours import neighbours
from backend.samples.prediction_files import Arrays, arrays
from backend.samples.schemas import Mistakes, SampleDetail, Story
from backend.samples.verdicts import verdicts

TOP = 5

Answer = dict[str, Any]
"""What a prediction file says of one image, by the names of its arrays."""


def sample_detail(session: Session, data_dir: Path, run_id: str, index: int, split: Split) -> SampleDetail:
    """Returns one image of a run.

    Raises:
        NotFound: There is no such run, split, image or prediction, or its files or its dataset are gone.
    """
    return read_again(session, lambda current: _read(current, data_dir, get_run(current, run_id), index, split))


def _read(session: Session, data_dir: Path, run: Run, index: int, split: Split) -> SampleDetail:
    files = epoch_files(session, run, split)
    image = find_image(session, data_dir, run, index, split)
    best_file = next((file for file in files if run.best and file.epoch == run.best["epoch"]), None)
    best = arrays(data_dir, best_file) if best_file else None
    nearest = neighbours(session, data_dir, image, run)
    others, others_total = verdicts(session, data_dir, image, run)
    top = _top(session, data_dir, image, run, best) if best else []
    return SampleDetail(
        index=index,
        split=split,
        dataset=run.dataset,
        stored_split=image.stored_split,
        shape=image.pixels.shape,
        brightness=float(image.pixels.mean()),
        true=image.classes[image.label],
        true_position=image.label,
        image=image_path(run.dataset, image.stored_split, index),
        epoch=best_file.epoch if best_file else None,
        top=top,
        predicted_position=image.classes.index(top[0].class_) if top else None,
        mistakes=_mistakes(image, best) if best else None,
        story=_story(data_dir, image, files),
        others=others,
        others_total=others_total,
        neighbours=nearest.items if nearest else None,
        neighbours_epoch=nearest.epoch if nearest else None,
        neighbours_of=nearest.images if nearest else None,
    )


def _top(session: Session, data_dir: Path, image: RunImage, run: Run, best: Arrays) -> list[ClassProbability]:
    classes, place = image.classes, image.place
    probabilities = _probabilities(session, data_dir, run) if image.split == "validation" else None
    if probabilities is not None and len(probabilities) == len(best["predicted"]):
        row = np.asarray(probabilities[place])
        likeliest = [(int(label), float(row[label])) for label in np.argsort(-row, kind="stable")[:TOP]]
    else:
        pairs = (("predicted", "confidence"), ("second", "second_confidence"))
        likeliest = [(int(best[label][place]), float(best[value][place])) for label, value in pairs]
    return [ClassProbability(class_=classes[label], probability=value) for label, value in likeliest if value == value]


def _probabilities(session: Session, data_dir: Path, run: Run) -> np.ndarray | None:
    """Returns the probabilities of the best epoch, float32 of shape (images, classes), as a memory map."""
    file = session.get(Artifact, (run.id, "probabilities"))
    try:
        return np.load(data_dir / file.path, mmap_mode="r", allow_pickle=False) if file else None
    except (OSError, ValueError):
        return None


def _mistakes(image: RunImage, best: Arrays) -> Mistakes:
    labels = image.dataset.labels(image.stored_split)[image.positions]
    wrong = best["predicted"] != labels
    as_sure = wrong & (best["confidence"] >= best["confidence"][image.place])
    return Mistakes(total=int(np.sum(wrong)), as_sure=int(np.sum(as_sure)))


def _story(data_dir: Path, image: RunImage, files: list[PredictionsFile]) -> Story:
    """Holds one file at a time: those of a long run on many images don't fit in memory together."""
    classes, true, epochs = image.classes, image.label, [file.epoch for file in files]
    answers = [_answer(arrays(data_dir, file), image.place) for file in files]
    predicted = [int(answer["predicted"]) for answer in answers]
    return Story(
        epochs=epochs,
        predicted=[classes[label] for label in predicted],
        confidence=[json_number(answer["confidence"]) for answer in answers],
        label_confidence=[_label_confidence(answer, true) for answer in answers],
        **asdict(changes(epochs, predicted, true)),
    )


def _answer(epoch: Arrays, place: int) -> Answer:
    return {name: values[place] for name, values in epoch.items()}


def _label_confidence(answer: Answer, true: int) -> float | None:
    for label, confidence in (("predicted", "confidence"), ("second", "second_confidence")):
        if int(answer[label]) == true:
            return json_number(answer[confidence])
    return None
