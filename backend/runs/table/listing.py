"""Lists runs: filtered, sorted by any field and keyset-paged, so that new runs do not shift the pages."""

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from backend.db.code_points import ByCodePoints
from backend.db.models import Run
from backend.requests import StorableText
from backend.runs.table import cursors
from backend.runs.table.columns.loaded import loaded_columns
from backend.runs.table.fields import RunField, find_field
from backend.runs.table.filters import COLUMNS, MAX_PATHS, MAX_TEXT, RunFilter

if TYPE_CHECKING:
    from backend.runs.table.columns.runs import RunColumns

Rows = Sequence[tuple[str, Any]]  # id and value of the runs of a page, and of the first one of the next page
ALWAYS = ("created_at", "id")  # every run has them
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

    def paths(self) -> set[str]:
        return super().paths() | {self.sort.removeprefix("-")}


class RunQuery(SortedRuns):
    """A page of the list."""

    view: Literal["run", "row"] = Field("run", description="`row`: without `spec` and `notes`, with `fields`")
    limit: int = Field(50, ge=1, le=200, description="runs of a page")
    cursor: str | None = Field(None, max_length=cursors.MAX_LENGTH, description="`next_cursor` of the previous page")

    def without_page(self) -> dict[str, Any]:
        """Returns what all pages of this query have in common, for their cursors."""
        return self.model_dump(include={*RunFilter.model_fields, "sort"})


def find_page(session: Session, query: RunQuery, columns: "RunColumns | None") -> tuple[list[str], str | None, int]:
    """Returns the ids of a page of runs, the cursor of the next page or None, and the number of all matches.

    They are found in `columns`, or in the database where there are none.
    """
    rows, total = _find(columns, query) if columns is not None else _read(session, query)
    ids = [run_id for run_id, _ in rows[: query.limit]]
    if len(rows) <= query.limit:
        return ids, None, total
    last_id, value = rows[query.limit - 1]
    return ids, cursors.encode(query.without_page(), [value, last_id]), total


def sorted_ids(session: Session, query: SortedRuns) -> Sequence[str]:
    """Returns the ids of all matching runs in their order, for those who read them in batches."""
    field, descending = _sort(query.sort)
    with loaded_columns(session) as columns:
        return columns.ids(columns.in_order(columns.matching(query), field.path, descending))


def _find(columns: "RunColumns", query: RunQuery) -> tuple[Rows, int]:
    """Finds a page in the columns, and the number of all matches."""
    field, descending = _sort(query.sort)
    matches = columns.matching(query)
    runs = columns.in_order(matches, field.path, descending, _position(query, field), query.limit + 1)
    values = map(columns.columns[field.path].value, runs.tolist())
    return list(zip(columns.ids(runs), values, strict=True)), len(matches)


def _read(session: Session, query: RunQuery) -> tuple[Rows, int]:
    """Reads a page from the database, and the number of all matches."""
    field, descending = _sort(query.sort)
    filters = query.expressions()
    total = session.execute(select(func.count()).select_from(Run).where(*filters)).scalar_one()
    rows = select(Run.id, field.expression).where(*filters).order_by(*_order(field, descending))
    if (position := _position(query, field)) is not None:
        rows = rows.where(_comes_after(field, descending, *position))
    return [(run_id, value) for run_id, value in session.execute(rows.limit(query.limit + 1))], total


def _sort(sort: str) -> tuple[RunField, bool]:
    return find_field(sort.removeprefix("-"), ["query", "sort"]), sort.startswith("-")


def _position(query: RunQuery, field: RunField) -> tuple[Any, str] | None:
    """Returns the value and the id of the last run of the page before; None for the first page."""
    if query.cursor is None:
        return None
    number = METRIC_POSITION if field.group in ("best", "last", "test") else NUMBER_POSITION
    return cursors.decode(query.cursor, query.without_page(), TEXT_POSITION if field.kind == "text" else number)


def _order(field: RunField, descending: bool) -> Sequence[ColumnElement[Any]]:
    """Returns the order of a field. Where no run is without it, an index has this order."""
    value, run_id = _sorted_by(field), Run.id.expression
    if descending:
        value, run_id = value.desc(), run_id.desc()
    return [value if field.path in ALWAYS else value.nulls_last(), run_id]


def _comes_after(field: RunField, descending: bool, value: Any, last_id: str) -> ColumnElement[bool]:
    """Returns the condition of the runs after a position, among which those without a value are the last."""
    column, run_id, is_after = _sorted_by(field), Run.id.expression, operator.lt if descending else operator.gt
    later_id: ColumnElement[bool] = is_after(run_id, last_id)
    if value is None:
        return column.is_(None) & later_id
    if field.path in ALWAYS:
        later: ColumnElement[bool] = is_after(tuple_(column, run_id), tuple_(value, last_id))
        return later
    return or_(is_after(column, value), column.is_(None), (column == value) & later_id)


def _sorted_by(field: RunField) -> ColumnElement[Any]:
    return ByCodePoints(field.expression) if field.kind == "text" else field.expression
