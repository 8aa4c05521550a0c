"""Pages of rows in the order in which they were created, the newest first."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter
from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from backend.db.models import Decision, Run, Study
from backend.requests import StorableText
from backend.runs.table import cursors

T = TypeVar("T", Decision, Run, Study)
Seconds = Annotated[float, Field(ge=0, le=2**53)]
POSITION: TypeAdapter[tuple[float, str]] = TypeAdapter(tuple[Seconds, StorableText])
"""The position in a cursor: time and id of the last row of a page."""


def newest_first(
    session: Session,
    table: type[T],
    filters: Sequence[ColumnElement[bool]],
    query: object,
    limit: int,
    cursor: str | None,
) -> tuple[list[T], str | None, int]:
    """Returns a page of the rows that match, the cursor of the next page or None, and the number of all matches.

    `query` is what all pages of the list have in common, for their cursors.
    """
    total = session.execute(select(func.count()).select_from(table).where(*filters)).scalar_one()
    rows = select(table).where(*filters).order_by(table.created_at.desc(), table.id.desc()).limit(limit + 1)
    if cursor is not None:
        rows = rows.where(tuple_(table.created_at, table.id) < tuple_(*cursors.decode(cursor, query, POSITION)))
    found = list(session.scalars(rows))
    if len(found) <= limit:
        return found, None, total
    last = found[limit - 1]
    return found[:limit], cursors.encode(query, [last.created_at, last.id]), total
