"""The tables of datasets, of what people say of their labels, and of quizzes."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.models.base import JSON_OR_NULL, Json, Table


class Dataset(Table):
    """A dataset. `upload` holds the options of an upload (fit, image_size, …) and, until it is read, its `archive`.

    Each upload gets a new archive name: a job whose archive differs from the row's has lost its claim.
    """

    __tablename__ = "datasets"

    name: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    error: Mapped[str | None]
    folder: Mapped[str | None] = mapped_column(comment="path below the data dir, made by us")
    manifest: Mapped[Json | None] = mapped_column(JSON_OR_NULL)
    touched_at: Mapped[float] = mapped_column(comment="last sign of the job that prepares it")
    upload: Mapped[Json | None] = mapped_column(JSON_OR_NULL, comment="its options, and its archive")
    progress: Mapped[Json | None] = mapped_column(JSON_OR_NULL)
    derivation: Mapped[Json | None] = mapped_column(
        JSON_OR_NULL, deferred=True, comment="of a version: the dataset that it is made of, and the changes"
    )


class LabelDecision(Table):
    """What a person decided about the label of an image: `keep`, `relabel` or `leave_out`."""

    __tablename__ = "label_decisions"

    dataset: Mapped[str] = mapped_column(ForeignKey("datasets.name", ondelete="CASCADE"), primary_key=True)
    split: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action: Mapped[str]
    label: Mapped[str | None] = mapped_column(comment="the new class, of relabel")
    decided_by: Mapped[str | None]
    decided_at: Mapped[float]
    revision: Mapped[str] = mapped_column(comment="a new one with each decision about the image")


class Quiz(Table):
    """Hard images of a run for people to name. `images` has position, label, prediction and confidence of each."""

    __tablename__ = "quizzes"

    id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    dataset: Mapped[str]
    split: Mapped[str]
    classes: Mapped[list[str]] = mapped_column(JSON_OR_NULL)
    images: Mapped[list[Json]] = mapped_column(JSON_OR_NULL)
    created_at: Mapped[float]


class QuizAnswer(Table):
    """What one player answered, a class or null for each image."""

    __tablename__ = "quiz_answers"

    id: Mapped[str] = mapped_column(primary_key=True)
    quiz_id: Mapped[str] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"), index=True)
    player: Mapped[str]
    answers: Mapped[list[str | None]] = mapped_column(JSON_OR_NULL)
    right_answers: Mapped[int]
    answered_at: Mapped[float]


class PeopleLabel(Table):
    """How many people gave an image a label without knowing its own, over all quizzes."""

    __tablename__ = "people_labels"

    dataset: Mapped[str] = mapped_column(ForeignKey("datasets.name", ondelete="CASCADE"), primary_key=True)
    split: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(primary_key=True)
    answers: Mapped[int]
