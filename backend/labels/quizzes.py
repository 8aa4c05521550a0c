"""Quizzes: hard images of a run, which people name without knowing the label. Both are scored on the same ones."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.analysis.predictions import Indexes, Predictions
from backend.analysis.samples import Sample, samples_at
from backend.db.clock import database_time, to_datetime
from backend.db.models import Dataset, PeopleLabel, Quiz, QuizAnswer, Run
from backend.errors import Conflict, FieldError, Invalid, NotFound
from backend.labels.schemas import ImagePlace
from backend.phrases import listed, quoted, sentence
from backend.requests import Line, RequestBody
from backend.runs.sample_pages import image_path
from backend.runs.stored_predictions import EpochPredictions, load

IMAGES = 20
POOL = 60  # images at least that are drawn from
MAX_QUIZZES = 50  # of a run
MAX_PLAYERS = 500  # of a quiz
MAX_NAMED = 20  # classes in an error message
BEST_PLAYERS = 20  # that are listed


class QuizCreate(RequestBody):
    seed: int = Field(0, ge=0, le=2**31 - 1, description="draws the images among the hard ones")


class AnswersCreate(RequestBody):
    """`answers` has a class for each image in its order, or null for one that was left open."""

    player: Annotated[Line, Field(min_length=1, max_length=40)] = Field(description="a nickname")
    answers: list[Annotated[Line, Field(max_length=512)] | None] = Field(min_length=1, max_length=IMAGES)


class PlayerRead(BaseModel):
    player: str
    right: int
    at: datetime


class QuizRead(BaseModel):
    """`images` are their addresses. `players` are the best ones of all `answered`."""

    id: str
    run: str
    run_name: str
    dataset: str
    classes: list[str]
    images: list[str]
    created_at: datetime
    answered: int
    players: list[PlayerRead]


class AnsweredImage(ImagePlace):
    label: str
    answer: str | None
    predicted: str
    confidence: float | None


class QuizResult(BaseModel):
    """How many of the images the player and the model named as they are labelled, and what each of them is."""

    right: int
    model_right: int
    images: list[AnsweredImage]
    quiz: QuizRead


def hard_images(session: Session, data_dir: Path, run: Run, seed: int) -> tuple[EpochPredictions, list[Sample]]:
    """Returns hard images with the predictions of the best epoch: mistakes, and as many of the least sure hits.

    Raises:
        NotFound: The run has no predictions, or its dataset is gone.
    """
    stored = load(session, data_dir, run, "best", "validation")
    return stored, samples_at(stored.predictions, _draw(stored.predictions, seed))


def _draw(predictions: Predictions, seed: int) -> Indexes:
    is_wrong = predictions.predicted != predictions.true
    margin = (predictions.confidence - predictions.second_confidence).astype(np.float32)
    right = np.flatnonzero(~is_wrong)
    wrong = np.flatnonzero(is_wrong)
    least_sure = right[np.argsort(margin[right], kind="stable")][: max(len(wrong), POOL - len(wrong))]
    return np.random.default_rng(seed).permutation(np.concatenate([wrong, least_sure]))[:IMAGES]


def create_quiz(session: Session, run: Run, stored: EpochPredictions, samples: Sequence[Sample]) -> QuizRead:
    """Stores a quiz of these images. Raises Conflict if the run has too many."""
    quizzes = select(func.count()).select_from(Quiz).where(Quiz.run_id == run.id)
    if session.execute(quizzes).scalar_one() >= MAX_QUIZZES:
        raise Conflict(f"Run {run.name!r} has {MAX_QUIZZES} quizzes, which is the limit; use the link of one of them.")
    quiz = Quiz(
        id=secrets.token_urlsafe(9),
        run_id=run.id,
        dataset=stored.dataset,
        split=stored.stored_split,
        classes=list(stored.predictions.classes),
        images=[_image(stored, sample) for sample in samples],
        created_at=database_time(session),
    )
    session.add(quiz)
    session.flush()
    return read_quiz(session, quiz)


def _image(stored: EpochPredictions, sample: Sample) -> dict[str, Any]:
    return {
        "position": int(stored.positions[sample.index]),
        "label": sample.true,
        "predicted": sample.predicted,
        "confidence": sample.confidence,
    }


def find_quiz(session: Session, quiz_id: str, *, lock: bool = False) -> Quiz:
    """Returns a quiz; `lock` keeps its dataset until the transaction ends.

    Raises:
        NotFound: There is no such quiz, or its dataset was deleted, even if another one has its name now.
    """
    quiz = session.get(Quiz, quiz_id)
    if quiz is None:
        raise NotFound(f"There is no quiz {quiz_id!r}; its run may have been deleted.")
    run, dataset = session.get_one(Run, quiz.run_id), session.get(Dataset, quiz.dataset, with_for_update=lock or None)
    content_hash = (dataset.manifest or {}).get("content_hash") if dataset else None
    if dataset is None or run.dataset_hash not in (None, content_hash):
        raise NotFound(f"The images of this quiz were deleted with dataset {quiz.dataset!r}; make another quiz.")
    return quiz


def list_quizzes(session: Session, run: Run) -> list[QuizRead]:
    quizzes = select(Quiz).where(Quiz.run_id == run.id).order_by(Quiz.created_at.desc(), Quiz.id)
    return [read_quiz(session, quiz) for quiz in session.scalars(quizzes)]


def read_quiz(session: Session, quiz: Quiz) -> QuizRead:
    """Returns a quiz without labels and predictions, which are for those who have answered."""
    best = select(QuizAnswer).where(QuizAnswer.quiz_id == quiz.id)
    best = best.order_by(QuizAnswer.right_answers.desc(), QuizAnswer.answered_at).limit(BEST_PLAYERS)
    return QuizRead(
        id=quiz.id,
        run=quiz.run_id,
        run_name=session.get_one(Run, quiz.run_id).name,
        dataset=quiz.dataset,
        classes=quiz.classes,
        images=[image_path(quiz.dataset, quiz.split, image["position"]) for image in quiz.images],
        created_at=to_datetime(quiz.created_at),
        answered=_players(session, quiz),
        players=[
            PlayerRead(player=row.player, right=row.right_answers, at=to_datetime(row.answered_at))
            for row in session.scalars(best)
        ],
    )


def answer(session: Session, quiz_id: str, request: AnswersCreate) -> QuizResult:
    """Stores a player's answers and counts them as labels that people gave.

    Raises:
        NotFound: as `find_quiz`.
        Invalid: There are not as many answers as images, or one is no class.
        Conflict: The player has answered already, or too many have.
    """
    quiz = find_quiz(session, quiz_id, lock=True)  # counts one player after the other
    _check(quiz, request.answers)
    _refuse_again(session, quiz, request.player)
    answered = list(zip(quiz.images, request.answers, strict=True))
    right = sum(image["label"] == name for image, name in answered)
    _store(session, quiz, request, right)
    _count(session, quiz, [(image["position"], name) for image, name in answered if name is not None])
    session.flush()
    return QuizResult(
        right=right,
        model_right=sum(image["label"] == image["predicted"] for image in quiz.images),
        images=[_answered(quiz, image, name) for image, name in answered],
        quiz=read_quiz(session, quiz),
    )


def _store(session: Session, quiz: Quiz, request: AnswersCreate, right: int) -> None:
    session.add(
        QuizAnswer(
            id=secrets.token_hex(8),
            quiz_id=quiz.id,
            player=request.player,
            answers=request.answers,
            right_answers=right,
            answered_at=database_time(session),
        )
    )


def _check(quiz: Quiz, answers: Sequence[str | None]) -> None:
    if len(answers) != len(quiz.images):
        raise _invalid(["answers"], f"the quiz has {len(quiz.images)} images; you gave {len(answers)} answers")
    for place, name in enumerate(answers):
        if name is not None and name not in quiz.classes:
            classes = listed(quiz.classes[:MAX_NAMED])
            raise _invalid(["answers", place], f"there is no class {quoted(name)}; the classes are {classes}")


def _refuse_again(session: Session, quiz: Quiz, player: str) -> None:
    if _players(session, quiz) >= MAX_PLAYERS:
        raise Conflict(f"{MAX_PLAYERS} players have answered this quiz, which is the limit; make another one.")
    players = select(QuizAnswer.player).where(QuizAnswer.quiz_id == quiz.id)
    if player.casefold() in {name.casefold() for name in session.scalars(players)}:
        raise Conflict(f"{quoted(player)} has answered this quiz; choose another nickname, or play another quiz.")


def _players(session: Session, quiz: Quiz) -> int:
    answers = select(func.count()).select_from(QuizAnswer).where(QuizAnswer.quiz_id == quiz.id)
    return session.execute(answers).scalar_one()


def _count(session: Session, quiz: Quiz, named: Sequence[tuple[int, str]]) -> None:
    for position, name in named:
        row = session.get(PeopleLabel, (quiz.dataset, quiz.split, position, name))
        if row is None:
            row = PeopleLabel(dataset=quiz.dataset, split=quiz.split, position=position, label=name, answers=0)
            session.add(row)
        row.answers += 1


def _answered(quiz: Quiz, image: dict[str, Any], name: str | None) -> AnsweredImage:
    return AnsweredImage(
        split=quiz.split,
        index=image["position"],
        image=image_path(quiz.dataset, quiz.split, image["position"]),
        label=image["label"],
        answer=name,
        predicted=image["predicted"],
        confidence=image["confidence"],
    )


def _invalid(loc: Sequence[str | int], message: str) -> Invalid:
    return Invalid(sentence(message), [FieldError(loc, message)])
