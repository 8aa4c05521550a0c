"""Decisions: which of several compared runs a person keeps, and why. They stay when a run is deleted."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.compare.selection import MAX_COMPARED
from backend.db.clock import database_time, to_datetime
from backend.db.models import Decision, DecisionRun, Run
from backend.errors import FieldError, Invalid, NotFound
from backend.phrases import quoted, sentence
from backend.requests import Lines, Name, RequestBody
from backend.runs.newest_first import newest_first


class DecisionCreate(RequestBody):
    runs: list[Name] = Field(min_length=2, max_length=MAX_COMPARED, description="ids of the runs that were compared")
    kept: Name | None = Field(None, description="id of the run that is kept; null where none is preferred")
    text: Annotated[Lines, Field(min_length=1, max_length=10_000, description="the reason")]


class DecisionRead(BaseModel):
    """`names` has the name of each run by its id; a run that is in `deleted` has the name that it had."""

    id: str
    runs: list[str]
    names: dict[str, str]
    deleted: list[str]
    kept: str | None
    text: str
    created_at: datetime


def create_decision(session: Session, request: DecisionCreate) -> DecisionRead:
    """Stores a decision.

    Raises:
        Invalid: A run does not exist, is named twice, or the run that is kept is none of them.
    """
    names = _names(session, request.runs)
    _check(request, names)
    created_at, decision_id = database_time(session), secrets.token_hex(8)
    decision = Decision(id=decision_id, kept=request.kept, text=request.text, created_at=created_at)
    session.add(decision)
    session.flush()
    for position, run_id in enumerate(request.runs):
        session.add(DecisionRun(decision_id=decision_id, position=position, run_id=run_id, name=names[run_id]))
    session.flush()
    return read_decisions(session, [decision])[0]


def _check(request: DecisionCreate, names: Mapping[str, str]) -> None:
    for position, run_id in enumerate(request.runs):
        if run_id not in names:
            raise _invalid("runs", position, message=f"there is no run {quoted(run_id)}; it may have been deleted")
        if run_id in request.runs[:position]:
            raise _invalid("runs", position, message=f"run {quoted(run_id)} is named twice; name each run once")
    if request.kept is not None and request.kept not in names:
        raise _invalid("kept", message=f"the run that is kept must be one of runs; you gave {quoted(request.kept)}")


def list_decisions(
    session: Session, run_ids: Sequence[str], limit: int, cursor: str | None
) -> tuple[list[DecisionRead], str | None, int]:
    """Returns a page of the decisions about any of `run_ids`, or of all; next cursor; number of all matches."""
    about = select(DecisionRun.decision_id).where(DecisionRun.run_id.in_(run_ids))
    filters = [Decision.id.in_(about)] if run_ids else []
    query = ("decisions", list(run_ids))
    decisions, next_cursor, total = newest_first(session, Decision, filters, query, limit, cursor)
    return read_decisions(session, decisions), next_cursor, total


def delete_decision(session: Session, decision_id: str) -> None:
    """Raises NotFound if there is no such decision."""
    decision = session.get(Decision, decision_id)
    if decision is None:
        raise NotFound(f"There is no decision {decision_id!r}; it may have been deleted.")
    session.delete(decision)


def read_decisions(session: Session, decisions: Sequence[Decision]) -> list[DecisionRead]:
    """Converts rows to JSON, with the current names of the runs that still exist."""
    ids = [decision.id for decision in decisions]
    of_these = select(DecisionRun).where(DecisionRun.decision_id.in_(ids)).order_by(DecisionRun.position)
    rows = session.scalars(of_these).all()
    names = _names(session, [row.run_id for row in rows])
    return [_read(decision, [row for row in rows if row.decision_id == decision.id], names) for decision in decisions]


def _read(decision: Decision, rows: Sequence[DecisionRun], names: dict[str, str]) -> DecisionRead:
    return DecisionRead(
        id=decision.id,
        runs=[row.run_id for row in rows],
        names={row.run_id: names.get(row.run_id, row.name) for row in rows},
        deleted=[row.run_id for row in rows if row.run_id not in names],
        kept=decision.kept,
        text=decision.text,
        created_at=to_datetime(decision.created_at),
    )


def _names(session: Session, run_ids: Sequence[str]) -> dict[str, str]:
    return dict(session.execute(select(Run.id, Run.name).where(Run.id.in_(run_ids))).all())


def _invalid(*loc: str | int, message: str) -> Invalid:
    return Invalid(sentence(message), [FieldError(loc, message)])
