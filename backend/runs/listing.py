"""Lists runs: filtered, sorted and keyset-paged, so that new runs do not shift the pages."""

import base64
import binascii
import json
import zlib
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.db.models import Run
from backend.errors import FieldError, Invalid

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

MAX_NUMBER = 2**53  # of a cursor: integers up to it are exact in a double


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
        matches = matches.where(_after(column, descending, *_decode(query, column)))
    rows = list(session.scalars(_ordered(matches, column, descending).limit(query.limit + 1)))
    has_more = len(rows) > query.limit
    rows = rows[: query.limit]
    cursor = _encode(query, getattr(rows[-1], column.key), rows[-1].id) if has_more else None
    return rows, cursor, total


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


def _encode(query: RunQuery, value: Any, run_id: str) -> str:
    content = [_fingerprint(query), value, run_id]
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _decode(query: RunQuery, column: InstrumentedAttribute[Any]) -> tuple[Any, str]:
    cursor = query.cursor or ""
    try:
        content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        content = None
    match content:
        case [int() as fingerprint, value, str() as run_id] if fingerprint == _fingerprint(query) and _is_sort_value(
            value, column
        ):
            return value, run_id
    message = f"cursor {cursor!r} does not belong to a page of this query; leave it out for the first page"
    raise Invalid(f"C{message[1:]}.", [FieldError(["query", "cursor"], message)])


def _fingerprint(query: RunQuery) -> int:
    """Returns a number by which a cursor is checked to belong to this query; `limit` may change between pages."""
    return zlib.crc32(repr(replace(query, limit=0, cursor=None)).encode())


def _is_sort_value(value: Any, column: InstrumentedAttribute[Any]) -> bool:
    """Returns whether `value` has the type of `column`, so that it can be compared with it."""
    if value is None or column.type.python_type is str:
        return value is None or isinstance(value, str)
    return isinstance(value, int | float) and abs(value) < MAX_NUMBER
