"""Decisions: which of several compared runs a person keeps, and why. They stay when a run is deleted."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from backend.compare.selection import MAX_COMPARED
from backend.db.clock import database_time, to_datetime
from backend.db.models import Decision, DecisionRun, Run
from backend.errors import FieldError, Invalid, NotFound
from backend.phrases import quoted, sentence
from backend.requests import Lines, Name, RequestBody, StorableText
from backend.runs import cursors

POSITION: TypeAdapter[tuple[float, str]] = TypeAdapter(tuple[Annotated[float, Field(ge=0, le=2**53)], StorableText])
"""The position in a cursor: time and id of the last decision of a page."""


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
    for position, run_id in enumerate(request.runs):
        if run_id not in names:
            raise _invalid("runs", position, message=f"there is no run {quoted(run_id)}; it may have been deleted")
        if run_id in request.runs[:position]:
            raise _invalid("runs", position, message=f"run {quoted(run_id)} is named twice; name each run once")
    if request.kept is not None and request.kept not in names:
        raise _invalid("kept", message=f"the run that is kept must be one of runs; you gave {quoted(request.kept)}")
    decision = Decision(
        id=secrets.token_hex(8), kept=request.kept, text=request.text, created_at=database_time(session)
    )
    session.add(decision)
    session.flush()
    for position, run_id in enumerate(request.runs):
        session.add(DecisionRun(decision_id=decision.id, position=position, run_id=run_id, name=names[run_id]))
    session.flush()
    return read_decisions(session, [decision])[0]


def list_decisions(
    session: Session, run_ids: Sequence[str], limit: int, cursor: str | None
) -> tuple[list[DecisionRead], str | None, int]:
    """Returns a page of the decisions about any of `run_ids`, or of all, newest first; next cursor; number of all."""
    filters: list[ColumnElement[bool]] = []
    if run_ids:
        filters.append(Decision.id.in_(select(DecisionRun.decision_id).where(DecisionRun.run_id.in_(run_ids))))
    total = session.execute(select(func.count()).select_from(Decision).where(*filters)).scalar_one()
    query = ("decisions", list(run_ids))
    position = Decision.created_at, Decision.id
    if cursor is not None:
        filters.append(tuple_(*position) < tuple_(*cursors.decode(cursor, query, POSITION)))
    newest_first = Decision.created_at.desc(), Decision.id.desc()
    rows = session.scalars(select(Decision).where(*filters).order_by(*newest_first).limit(limit + 1)).all()
    page, last = rows[:limit], rows[limit - 1 : limit]
    has_more = len(rows) > limit
    next_cursor = cursors.encode(query, [last[0].created_at, last[0].id]) if has_more else None
    return read_decisions(session, page), next_cursor, total


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
