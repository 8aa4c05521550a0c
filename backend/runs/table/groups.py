"""Groups of runs with the same values of some fields: how many they are, and mean and spread of other fields."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy.orm import Session

from backend.errors import FieldError, Invalid
from backend.phrases import sentence
from backend.requests import StorableText
from backend.runs.schemas import Status
from backend.runs.table import cursors
from backend.runs.table.columns.loaded import loaded_columns
from backend.runs.table.fields import RunField, Value, find_fields
from backend.runs.table.filters import MAX_PATHS, RunFilter

if TYPE_CHECKING:
    from backend.runs.table.columns.arrays import Positions
    from backend.runs.table.columns.runs import RunColumns
    from backend.runs.table.columns.texts import Column

STATUSES: tuple[Status, ...] = get_args(Status)
MAX_LEVELS = 4  # fields that runs are grouped by at once


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
    fields = [field for field in find_fields(query.columns, ["query", "columns"]) if field.kind == "number"]
    with loaded_columns(session) as columns:
        return _page(columns, query, by, fields)


def _page(
    columns: "RunColumns", query: GroupQuery, by: Sequence[RunField], fields: Sequence[RunField]
) -> tuple[list[RunGroup], str | None, int]:
    from backend.runs.table.columns.grouping import Groups  # here: it imports NumPy

    levels, runs = [columns.columns[field.path] for field in by], columns.matching(query)
    groups = Groups([level.keys(runs) for level in levels])
    first = 0 if query.cursor is None else groups.place_after(_keys(levels, _position(query, by)))
    examples = runs[groups.examples[first : first + query.limit]].tolist()
    values = [[level.value(example) for level in levels] for example in examples]
    is_on_page = (groups.number >= first) & (groups.number < first + len(examples))
    summaries = _summarized(columns, runs[is_on_page], groups.number[is_on_page] - first, fields, len(examples))
    items = [
        RunGroup(values={field.path: field.read(value) for field, value in zip(by, key, strict=True)}, **summary)
        for key, summary in zip(values, summaries, strict=True)
    ]
    total = len(groups.examples)
    is_last = first + len(items) >= total
    return items, None if is_last else cursors.encode(query.without_page(), values[-1]), total


def _summarized(
    columns: "RunColumns", runs: "Positions", groups: "Positions", fields: Sequence[RunField], count: int
) -> Iterator[dict[str, Any]]:
    """Yields number, statuses and summary of each of `count` groups, whose numbers are those of `runs`."""
    from backend.runs.table.columns.grouping import counts, spreads

    n, status = counts(groups, count), columns.columns["status"]
    statuses = {name: counts(groups[status.equals(name)[runs]], count) for name in STATUSES}
    spread = {field.path: spreads(columns.columns[field.path].keys(runs), groups, count) for field in fields}
    for group in range(count):
        yield {
            "n": n[group],
            "statuses": {name: numbers[group] for name, numbers in statuses.items() if numbers[group]},
            "summary": {
                path: Summary(**dict(zip(Summary.model_fields, rows[group], strict=True)))
                for path, rows in spread.items()
            },
        }


def _keys(levels: Sequence["Column"], values: Sequence[Any]) -> list[float]:
    return [math.inf if value is None else level.key(value) for level, value in zip(levels, values, strict=True)]


def _levels(paths: str) -> list[RunField]:
    by = find_fields(paths, ["query", "by"])
    if 1 <= len(by) <= MAX_LEVELS:
        return by
    message = f"runs are grouped by one to {MAX_LEVELS} fields; you gave {len(by)}"
    raise Invalid(sentence(message), [FieldError(["query", "by"], message)])


def _position(query: GroupQuery, by: Sequence[RunField]) -> Sequence[Any]:
    """Returns the values of the last group of the page before."""
    types: Any = tuple(StorableText | None if field.kind == "text" else float | None for field in by)
    values: Any = tuple
    return cursors.decode(query.cursor or "", query.without_page(), TypeAdapter[Sequence[Any]](values[types]))
