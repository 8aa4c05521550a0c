"""The tables of studies, of decisions between runs, and of saved views."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.models.base import JSON_OR_NULL, Json, Table


class Study(Table):
    """Several runs made from one request. Its trials are the runs that name it; no result is kept here.

    `runs` is how many trials it is to have, and `trials` how many were queued: the number of the next one.
    """

    __tablename__ = "studies"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    objective: Mapped[str]
    request: Mapped[Json] = mapped_column(JSON_OR_NULL, comment="the fields of its kind: space, seeds, pruner, …")
    spec: Mapped[Json] = mapped_column(JSON_OR_NULL, comment="what its runs have in common")
    recipe: Mapped[str | None]
    notes: Mapped[str] = mapped_column(default="")
    priority: Mapped[int] = mapped_column(default=0)
    runs: Mapped[int]
    trials: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[float]
    stopped_at: Mapped[float | None]
    settled_at: Mapped[float | None] = mapped_column(comment="when the driver had nothing left to do")
    importance: Mapped[Json | None] = mapped_column(JSON_OR_NULL, comment="share of each path")
    importance_of: Mapped[int] = mapped_column(default=0, comment="finished trials that it was computed from")

    __table_args__ = (
        Index("ix_studies_created_at", "created_at", "id"),
        Index("ix_studies_settled_at", "settled_at", "id"),
    )


class Decision(Table):
    """What a person decided after comparing runs. It outlives the runs, whose names it keeps."""

    __tablename__ = "decisions"

    id: Mapped[str] = mapped_column(primary_key=True)
    kept: Mapped[str | None] = mapped_column(comment="id of the run that is kept; null: none is preferred")
    text: Mapped[str]
    created_at: Mapped[float]

    __table_args__ = (Index("ix_decisions_created_at", "created_at", "id"),)


class DecisionRun(Table):
    """A run that a decision is about; it may have been deleted since."""

    __tablename__ = "decision_runs"

    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(comment="of the run when it was decided")


class View(Table):
    """A saved view of the runs table."""

    __tablename__ = "views"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    query: Mapped[str] = mapped_column(comment="of the page's address, after ?")
    created_at: Mapped[float]
