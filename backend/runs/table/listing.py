"""Lists runs: filtered, sorted by any field and keyset-paged, so that new runs do not shift the pages."""

import math
import operator
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from sqlalchemy import ColumnElement, Double, Text, UnaryExpression, func, literal, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.operators import custom_op

from backend.db.models import FILTERED, SORTED, Run
from backend.requests import StorableText
from backend.runs.table import cursors, search
from backend.runs.table.fields import FIELDS, RunField, find_field
from backend.runs.table.filters import COLUMNS, MAX_PATHS, MAX_TEXT, RunFilter

# Fields with an index, `backend.db.models.SORTED`. The others are read from the row of each run that matches.
INDEXED = {path: field for path, field in FIELDS.items() if getattr(field.expression, "key", None) in SORTED}
SORT = (
    "path of a field, with `-` before it for descending: a column of the run (`created_at`, `name`, …), a metric "
    "(`best.val_accuracy`, `last.loss`, `test.accuracy`, …) or a value of the spec (`optimizer.learning_rate`, …)"
)

# A filter and an order that one index has.
FILTERED_IN_ORDER = {*((name, "created_at") for name in FILTERED), ("model", "best.val_accuracy")}
Access = Literal["filter", "order"]
Part = tuple[ColumnElement[bool], list[ColumnElement[Any]]]  # condition and order

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
    filters, total = _matches(session, query)
    rows = _rows(session, query, filters, total)
    ids = [run_id for run_id, _ in rows[: query.limit]]
    if len(rows) <= query.limit:
        return ids, None, total
    last_id, value = rows[query.limit - 1]
    return ids, cursors.encode(query.without_page(), [value, last_id]), total


def _matches(session: Session, query: RunQuery) -> tuple[list[ColumnElement[bool]], int]:
    """Returns the conditions of matching runs, and their number. The texts of all runs are searched once, or twice."""
    if not query.q:
        filters = query.expressions()
        return filters, _count(session, filters)
    others = query.model_copy(update={"q": None}).expressions()
    ids = search.few_ids(session, query.q)
    if ids is not None:
        filters = [Run.id.in_(ids), *others]
        return filters, _count(session, filters)
    total = _count(session, query.expressions()) if others else search.count(session, query.q)
    return [search.contains_each(query.q), *others], total


def _count(session: Session, filters: Sequence[ColumnElement[bool]]) -> int:
    return session.execute(select(func.count()).select_from(Run).where(*filters)).scalar_one()


def sorted_ids(session: Session, query: SortedRuns) -> Sequence[str]:
    """Returns the ids of all matching runs in their order, for those who read them in batches."""
    field, descending = _sort(query.sort)
    value, run_id = (_directed(column, descending) for column in (field.expression, Run.id.expression))
    matches = select(Run.id).where(*query.expressions())
    return session.scalars(matches.order_by(value.nulls_last(), run_id)).all()


def _rows(
    session: Session, query: RunQuery, filters: Sequence[ColumnElement[bool]], total: int
) -> list[tuple[str, Any]]:
    """Returns id and value of the runs of a page, and of the first one of the next page if there is one."""
    field, descending = _sort(query.sort)
    access = _access(session, query, total)
    if access == "order":
        filters = [_without_index(condition) for condition in filters]
    rows: list[tuple[str, Any]] = []
    for condition, order in _parts(field, descending, _position(query, field), access):
        if missing := query.limit + 1 - len(rows):
            matches = select(Run.id, field.expression).where(*filters, condition).order_by(*order)
            rows += [(run_id, value) for run_id, value in session.execute(matches.limit(missing))]
    return rows


def _access(session: Session, query: RunQuery, total: int) -> Access | None:
    """Returns by which index SQLite reads a page: it does not know how many runs a filter leaves.

    By the filter's, all `total` matches are read and sorted; by the order's, the runs up to the last one of the page.
    None where one index has both, and on PostgreSQL, which has statistics.
    """
    sort = query.sort.removeprefix("-")
    has_both = any(getattr(query, name) and (name, sort) in FILTERED_IN_ORDER for name in FILTERED)
    if session.get_bind().dialect.name != "sqlite" or has_both:
        return None
    if query.q and total > search.MAX_FEW:
        return "order"
    return "order" if total**2 > query.limit * _count(session, []) else "filter"


def _without_index(expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """Returns an equal expression for which SQLite uses no index (sqlite.org/optoverview.html, unary `+`)."""
    return UnaryExpression(expression, operator=custom_op[Any]("+"), type_=expression.type)


def _sort(sort: str) -> tuple[RunField, bool]:
    return find_field(sort.removeprefix("-"), ["query", "sort"]), sort.startswith("-")


def _position(query: RunQuery, field: RunField) -> tuple[Any, str] | None:
    """Returns the value and the id of the last run of the page before; None for the first page."""
    if query.cursor is None:
        return None
    number = METRIC_POSITION if field.group in ("best", "last", "test") else NUMBER_POSITION
    return cursors.decode(query.cursor, query.without_page(), TEXT_POSITION if field.kind == "text" else number)


def _parts(field: RunField, descending: bool, position: tuple[Any, str] | None, access: Access | None) -> list[Part]:
    """Returns conditions and orders of the runs after a position: of those with a value, then of those without.

    A database finds each part in an index in its order, which it can't with `NULLS LAST` or an `OR` of both.
    """
    column, run_id, after = field.expression, Run.id.expression, operator.lt if descending else operator.gt
    if access == "filter":
        column, run_id = _without_index(column), _without_index(run_id)
    order = [_directed(column, descending), _directed(run_id, descending)]
    # In the index of an expression, SQLite does not see that all nulls are equal; in that of a column it does.
    without: Part = column.is_(None), order if access is None or field.path in INDEXED else order[1:]
    if position is None:
        return [(_is_present(column, field, access), order), without]
    value, last_id = position
    if value is None:
        return [(column.is_(None) & after(run_id, last_id), without[1])]
    return [(after(tuple_(column, run_id), tuple_(value, last_id)), order), without]


def _is_present(column: ColumnElement[Any], field: RunField, access: Access | None) -> ColumnElement[bool]:
    """Returns the condition that a run has the value. In an index, SQLite skips nulls only for a comparison."""
    if access is None:
        return column.is_not(None)
    lowest = literal("", Text()) if field.kind == "text" else literal(-math.inf, Double())
    return column >= lowest


def _directed(column: ColumnElement[Any], descending: bool) -> ColumnElement[Any]:
    return column.desc() if descending else column.asc()
