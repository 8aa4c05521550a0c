"""Lists runs: filtered, sorted by any field and keyset-paged, so that new runs do not shift the pages."""

import operator
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from backend.db.models import SORTED, Run
from backend.requests import StorableText
from backend.runs import cursors
from backend.runs.table.fields import FIELDS, RunField, find_field
from backend.runs.table.filters import COLUMNS, MAX_PATHS, MAX_TEXT, RunFilter

# Fields with an index, `backend.db.models.SORTED`. The others are read from the row of each run that matches.
INDEXED = {path: field for path, field in FIELDS.items() if getattr(field.expression, "key", None) in SORTED}
SORT = (
    "path of a field, with `-` before it for descending: a column of the run (`created_at`, `name`, …), a metric "
    "(`best.val_accuracy`, `last.loss`, `test.accuracy`, …) or a value of the spec (`optimizer.learning_rate`, …)"
)

MAX_NUMBER = 2**53  # integers up to it are exact in a double
Number = Annotated[float, Field(ge=-MAX_NUMBER, le=MAX_NUMBER)]
Metric = Annotated[float, Field(allow_inf_nan=False)]  # the loss of a run that diverges is larger than MAX_NUMBER
# The position in a cursor: the value that is sorted by, and the run's id.
TEXT_POSITION: TypeAdapter[tuple[Any, str]] = TypeAdapter(tuple[StorableText | None, StorableText])
NUMBER_POSITION: TypeAdapter[tuple[Any, str]] = TypeAdapter(tuple[Number | None, StorableText])
METRIC_POSITION: TypeAdapter[tuple[Any, str]] = TypeAdapter(tuple[Metric | None, StorableText])


class SortedRuns(RunFilter):
    """Filters, order and columns of runs."""

    sort: str = Field("-created_at", max_length=MAX_TEXT, description=SORT)
    columns: str = Field("", max_length=MAX_PATHS, description=COLUMNS)


class RunQuery(SortedRuns):
    """A page of the list."""

    view: Literal["run", "row"] = Field("run", description="`row`: without `spec` and `notes`, with `fields`")
    limit: int = Field(50, ge=1, le=200, description="runs of a page")
    cursor: str | None = Field(None, max_length=cursors.MAX_LENGTH, description="`next_cursor` of the previous page")

    def without_page(self) -> dict[str, Any]:
        """Returns what all pages of this query have in common, for their cursors."""
        return self.model_dump(include={*RunFilter.model_fields, "sort"})


def page(session: Session, query: RunQuery) -> tuple[list[str], str | None, int]:
    """Returns the ids of a page of runs, the cursor of the next page or None, and the number of all matches."""
    filters = query.expressions()
    total = session.execute(select(func.count()).select_from(Run).where(*filters)).scalar_one()
    rows = _rows(session, query, filters)
    ids = [run_id for run_id, _ in rows[: query.limit]]
    if len(rows) <= query.limit:
        return ids, None, total
    last_id, value = rows[query.limit - 1]
    return ids, cursors.encode(query.without_page(), [value, last_id]), total


def sorted_ids(session: Session, query: SortedRuns) -> Sequence[str]:
    """Returns the ids of all matching runs in their order, for those who read them in batches."""
    field, descending = _sort(query.sort)
    value, run_id = _order(field.expression, descending)
    matches = select(Run.id).where(*query.expressions())
    return session.scalars(matches.order_by(value.nulls_last(), run_id)).all()


def _rows(session: Session, query: RunQuery, filters: list[ColumnElement[bool]]) -> list[tuple[str, Any]]:
    """Returns id and value of the runs of a page, and of the first one of the next page if there is one."""
    field, descending = _sort(query.sort)
    column = field.expression
    rows: list[tuple[str, Any]] = []
    for part in _parts(column, descending, _position(query, field)):
        if missing := query.limit + 1 - len(rows):
            matches = select(Run.id, column).where(*filters, part).order_by(*_order(column, descending))
            rows += [(run_id, value) for run_id, value in session.execute(matches.limit(missing))]
    return rows


def _sort(sort: str) -> tuple[RunField, bool]:
    return find_field(sort.removeprefix("-"), ["query", "sort"]), sort.startswith("-")


def _position(query: RunQuery, field: RunField) -> tuple[Any, str] | None:
    """Returns the value and the id of the last run of the page before; None for the first page."""
    if query.cursor is None:
        return None
    number = METRIC_POSITION if field.group in ("best", "last", "test") else NUMBER_POSITION
    return cursors.decode(query.cursor, query.without_page(), TEXT_POSITION if field.kind == "text" else number)


def _parts(column: ColumnElement[Any], descending: bool, position: tuple[Any, str] | None) -> list[ColumnElement[bool]]:
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


def _order(column: ColumnElement[Any], descending: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return (column.desc(), Run.id.desc()) if descending else (column.asc(), Run.id.asc())
