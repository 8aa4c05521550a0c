"""Lists runs: filtered, sorted and keyset-paged, so that new runs do not shift the pages."""

import json
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field, TypeAdapter
from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.db.models import Run
from backend.errors import FieldError, Invalid
from backend.requests import StorableText
from backend.runs import cursors

SORTS: dict[str, InstrumentedAttribute[Any]] = {
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
    matches = select(Run).where(*_filters(query))
    total = session.scalar(select(func.count()).select_from(matches.subquery())) or 0
    column, descending = _sort(query.sort)
    if query.cursor is not None:
        position = TEXT_POSITION if column.type.python_type is str else NUMBER_POSITION
        matches = matches.where(_after(column, descending, *cursors.decode(query.cursor, _first(query), position)))
    rows = list(session.scalars(_ordered(matches, column, descending).limit(query.limit + 1)))
    has_more = len(rows) > query.limit
    rows = rows[: query.limit]
    if not has_more:
        return rows, None, total
    return rows, cursors.encode(_first(query), [getattr(rows[-1], column.key), rows[-1].id]), total


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
        filters.append(cast(Run.tags, Text).contains(json.dumps(query.tag), autoescape=True))
    if query.q:
        texts = (Run.name, Run.notes, cast(Run.tags, Text))
        filters.append(or_(*(text.icontains(query.q, autoescape=True) for text in texts)))
    return filters


def _sort(sort: str) -> tuple[InstrumentedAttribute[Any], bool]:
    name = sort.removeprefix("-")
    if name not in SORTS:
        message = f"can't sort by {name!r}; allowed are {', '.join(SORTS)}, each with - before it for descending"
        raise Invalid(f"C{message[1:]}.", [FieldError(["query", "sort"], message)])
    return SORTS[name], sort.startswith("-")


def _ordered(matches: Select[Run], column: InstrumentedAttribute[Any], descending: bool) -> Select[Run]:
    if descending:
        return matches.order_by(column.desc().nulls_last(), Run.id.desc())
    return matches.order_by(column.asc().nulls_last(), Run.id.asc())


def _after(column: InstrumentedAttribute[Any], descending: bool, value: Any, run_id: str) -> ColumnElement[bool]:
    later = Run.id < run_id if descending else Run.id > run_id
    if value is None:
        return column.is_(None) & later
    beyond = column < value if descending else column > value
    return or_(beyond, (column == value) & later, column.is_(None))


def _first(query: RunQuery) -> RunQuery:
    """Returns the query without what may differ between its pages."""
    return replace(query, limit=0, cursor=None)
