"""Groups of runs with the same values of some fields: how many they are, and mean and spread of other fields."""

from collections.abc import Callable, Sequence
from typing import Any, get_args

from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy import CTE, ColumnElement, Double, and_, case, cast, false, func, or_, select
from sqlalchemy.orm import Session

from backend.db.models import Run
from backend.errors import FieldError, Invalid
from backend.phrases import sentence
from backend.requests import StorableText
from backend.runs.schemas import Status
from backend.runs.table import cursors
from backend.runs.table.fields import RunField, Value, find_fields
from backend.runs.table.filters import MAX_PATHS, RunFilter

STATUSES: tuple[Status, ...] = get_args(Status)
MAX_LEVELS = 4  # fields that runs are grouped by at once
# In the order of a Summary.
FUNCTIONS: Sequence[Callable[..., ColumnElement[Any]]] = (func.avg, func.stddev_samp, func.min, func.max, func.count)


class GroupQuery(RunFilter):
    """Filters of the runs to group, and by what."""

    by: str = Field(min_length=1, max_length=MAX_PATHS, description="one to four paths of fields, separated by commas")
    columns: str = Field(
        "", max_length=MAX_PATHS, description="paths of fields to summarize; those that are not numbers are left out"
    )
    limit: int = Field(50, ge=1, le=200, description="groups of a page")
    cursor: str | None = Field(None, max_length=cursors.MAX_LENGTH, description="`next_cursor` of the previous page")

    def without_page(self) -> dict[str, Any]:
        """Returns what all pages of this query have in common, for their cursors."""
        return self.model_dump(exclude={"limit", "cursor", "columns"})


class Summary(BaseModel):
    """Of the `n` runs of a group that have the value. `deviation` is that of a sample, null for fewer than two."""

    mean: float | None
    deviation: float | None
    low: float | None
    high: float | None
    n: int


class RunGroup(BaseModel):
    """`n` runs that have the same `values` of the fields that runs are grouped by, and how many have each status."""

    values: dict[str, Value]
    n: int
    statuses: dict[Status, int]
    summary: dict[str, Summary]


def page(session: Session, query: GroupQuery) -> tuple[list[RunGroup], str | None, int]:
    """Returns a page of groups, the cursor of the next page or None, and the number of all groups.

    Groups are in the order of a tree: by the first field, among equals by the second, and so on; null comes last.
    """
    by = _levels(query.by)
    columns = [field for field in find_fields(query.columns, ["query", "columns"]) if field.kind == "number"]
    groups = _groups(by, columns, query)
    keys, total = list(groups.c)[: len(by)], select(func.count()).select_from(groups)
    matches = select(total.scalar_subquery(), groups).order_by(*(key.asc().nulls_last() for key in keys))
    if query.cursor is not None:
        matches = matches.where(_comes_after(keys, _position(query, by)))
    rows = session.execute(matches.limit(query.limit + 1)).all()
    items = [_group(row[1:], by, columns) for row in rows[: query.limit]]
    number = rows[0][0] if rows else session.execute(total).scalar_one()
    if len(rows) <= query.limit:
        return items, None, number
    return items, cursors.encode(query.without_page(), list(rows[query.limit - 1][1 : len(by) + 1])), number


def _levels(paths: str) -> list[RunField]:
    by = find_fields(paths, ["query", "by"])
    if 1 <= len(by) <= MAX_LEVELS:
        return by
    message = f"runs are grouped by one to {MAX_LEVELS} fields; you gave {len(by)}"
    raise Invalid(sentence(message), [FieldError(["query", "by"], message)])


def _groups(by: Sequence[RunField], columns: Sequence[RunField], query: RunFilter) -> CTE:
    """Returns all groups. Each value of a run is read once, although several functions take it."""
    read = (_sql(field).label(f"value_{number}") for number, field in enumerate((*by, *columns)))
    runs = (
        select(*read, Run.status)
        .where(*query.expressions())
        .select_from(Run)
        .cte("matches")
        .prefix_with("MATERIALIZED")
    )
    keys, values = list(runs.c)[: len(by)], list(runs.c)[len(by) : -1]
    counts = (func.count(case((runs.c.status == status, 1))).label(f"n_{status}") for status in STATUSES)
    numbers = (
        function(value).label(f"{value.key}_{number}") for value in values for number, function in enumerate(FUNCTIONS)
    )
    groups = select(*keys, func.count().label("runs"), *counts, *numbers).group_by(*keys)
    return groups.cte("groups_of_runs").prefix_with("MATERIALIZED")


def _sql(field: RunField) -> ColumnElement[Any]:
    return field.expression if field.kind == "text" else cast(field.expression, Double())


def _position(query: GroupQuery, by: Sequence[RunField]) -> Sequence[Any]:
    """Returns the values of the last group of the page before."""
    types: Any = tuple(StorableText | None if field.kind == "text" else float | None for field in by)
    values: Any = tuple
    return cursors.decode(query.cursor or "", query.without_page(), TypeAdapter[Sequence[Any]](values[types]))


def _comes_after(keys: Sequence[ColumnElement[Any]], position: Sequence[Any]) -> ColumnElement[bool]:
    """Returns the condition of the groups after a position: the first key that differs is greater, or null."""
    equal: list[ColumnElement[bool]] = []
    later: list[ColumnElement[bool]] = []
    for key, value in zip(keys, position, strict=True):
        if value is not None:
            later.append(and_(*equal, or_(key > value, key.is_(None))))
        equal.append(key.is_(None) if value is None else key == value)
    return or_(false(), *later)


def _group(row: Sequence[Any], by: Sequence[RunField], columns: Sequence[RunField]) -> RunGroup:
    keys, n, rest = row[: len(by)], row[len(by)], row[len(by) + 1 :]
    counts, numbers = rest[: len(STATUSES)], rest[len(STATUSES) :]
    width = len(FUNCTIONS)
    return RunGroup(
        values={field.path: field.read(value) for field, value in zip(by, keys, strict=True)},
        n=n,
        statuses={status: count for status, count in zip(STATUSES, counts, strict=True) if count},
        summary={
            field.path: Summary(**dict(zip(Summary.model_fields, numbers[start : start + width], strict=True)))
            for field, start in zip(columns, range(0, len(numbers), width), strict=True)
        },
    )
