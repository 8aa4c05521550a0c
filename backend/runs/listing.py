"""Lists runs: filtered, sorted and keyset-paged, so that new runs do not shift the pages."""

import json
import operator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field, TypeAdapter
from sqlalchemy import ColumnElement, Text, cast, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.db.models import Run
from backend.errors import FieldError, Invalid
from backend.requests import StorableText
from backend.runs import cursors
from backend.runs.search import contains

Column = InstrumentedAttribute[Any]

# Each has an index, `backend.db.models.SORTED`.
SORTS: dict[str, Column] = {
    "created_at": Run.created_at,
    "started_at": Run.started_at,
    "finished_at": Run.finished_at,
    "name": Run.name,
    "status": Run.status,
    "dataset": Run.dataset,
    "model": Run.model,
    "epoch": Run.epoch,
    "epochs": Run.epochs,
    "parameters": Run.parameters,
    "best.loss": Run.best_loss,
    "best.accuracy": Run.best_accuracy,
    "best.val_loss": Run.best_val_loss,
    "best.val_accuracy": Run.best_val_accuracy,
    "best.val_macro_f1": Run.best_val_macro_f1,
}

MAX_NUMBER = 2**53  # integers up to it are exact in a double
Number = Annotated[float, Field(ge=-MAX_NUMBER, le=MAX_NUMBER)]
# The position in a cursor: the value that is sorted by, and the run's id.
TEXT_POSITION: TypeAdapter[tuple[Any, str]] = TypeAdapter(tuple[StorableText | None, StorableText])
NUMBER_POSITION: TypeAdapter[tuple[Any, str]] = TypeAdapter(tuple[Number | None, StorableText])


@dataclass(frozen=True)
class RunQuery:
    """Filters, order and page of the list; None does not filter."""

    status: list[str] | None = None
    dataset: str | None = None
    model: str | None = None
    tag: str | None = None
    study: str | None = None
    owner: str | None = None
    cloned_from: str | None = None
    q: str | None = None
    sort: str = "-created_at"
    limit: int = 50
    cursor: str | None = None


def page(session: Session, query: RunQuery) -> tuple[list[Run], str | None, int]:
    """Returns a page of runs, the cursor of the next page or None, and the number of all matches."""
    filters = _filters(query)
    total = session.execute(select(func.count()).select_from(Run).where(*filters)).scalar_one()
    column, descending = _sort(query.sort)
    rows: list[Run] = []
    for part in _parts(column, descending, _position(query, column)):
        if missing := query.limit + 1 - len(rows):
            matches = select(Run).where(*filters, part).order_by(*_order(column, descending))
            rows += session.scalars(matches.limit(missing))
    if len(rows) <= query.limit:
        return rows, None, total
    last = rows[query.limit - 1]
    return rows[: query.limit], cursors.encode(_first(query), [getattr(last, column.key), last.id]), total


def _filters(query: RunQuery) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    for column, value in (
        (Run.dataset, query.dataset),
        (Run.model, query.model),
        (Run.study, query.study),
        (Run.owner, query.owner),
        (Run.cloned_from, query.cloned_from),
    ):
        if value is not None:
            filters.append(column == value)
    if query.status:
        filters.append(Run.status.in_(query.status))
    if query.tag is not None:
        tags = cast(Run.tags, Text)
        filters.append(func.replace(tags, json.dumps(query.tag), "") != tags)  # LIKE ignores case in SQLite
    if query.q:
        filters.append(contains(query.q))
    return filters


def _sort(sort: str) -> tuple[Column, bool]:
    name = sort.removeprefix("-")
    if name not in SORTS:
        message = f"can't sort by {name!r}; allowed are {', '.join(SORTS)}, each with - before it for descending"
        raise Invalid(f"C{message[1:]}.", [FieldError(["query", "sort"], message)])
    return SORTS[name], sort.startswith("-")


def _position(query: RunQuery, column: Column) -> tuple[Any, str] | None:
    """Returns the value and the id of the last run of the page before; None for the first page."""
    if query.cursor is None:
        return None
    return cursors.decode(
        query.cursor, _first(query), TEXT_POSITION if column.type.python_type is str else NUMBER_POSITION
    )


def _parts(column: Column, descending: bool, position: tuple[Any, str] | None) -> list[ColumnElement[bool]]:
    """Returns the conditions of the runs after a position: of those with a value in `column`, then of those without.

    A database finds each part in an index in its order, which it can't with `NULLS LAST` or an `OR` of both.
    """
    after = operator.lt if descending else operator.gt
    if position is None:
        return [column.is_not(None), column.is_(None)]
    value, run_id = position
    if value is None:
        return [column.is_(None) & after(Run.id, run_id)]
    return [after(tuple_(column, Run.id), tuple_(value, run_id)), column.is_(None)]


def _order(column: Column, descending: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return (column.desc(), Run.id.desc()) if descending else (column.asc(), Run.id.asc())


def _first(query: RunQuery) -> RunQuery:
    """Returns the query without what may differ between its pages."""
    return replace(query, limit=0, cursor=None)
