"""Filters of runs on the columns: what `RunFilter.expressions` are in SQL."""

from collections.abc import Iterator, Mapping
from typing import cast

import numpy as np

from backend.runs.table.columns.arrays import Mask
from backend.runs.table.columns.search_column import SearchColumn
from backend.runs.table.columns.texts import Column, TextColumn
from backend.runs.table.conditions import ORDERED, Condition
from backend.runs.table.filters import RunFilter
from backend.runs.table.search import folded, parts_with_tag


def masks_of(runs: RunFilter, columns: Mapping[str, Column], search: SearchColumn) -> Iterator[Mask]:
    """Yields which runs match each of the filters, except those by id."""
    for condition in runs.conditions():
        yield _mask(condition, columns[condition.field.path])
    if len(runs.status) > 1:
        yield np.logical_or.reduce([columns["status"].equals(status) for status in runs.status])
    if runs.tag is not None:
        first, later = map(cast(TextColumn, columns["tags"]).contains, parts_with_tag(runs.tag))
        yield first | later
    if runs.q:
        yield search.contains(folded(runs.q))


def _mask(condition: Condition, column: Column) -> Mask:
    if condition.operator == "~":
        return cast(TextColumn, column).contains_in_any_case(condition.value)
    if condition.operator in ORDERED:
        return np.asarray(ORDERED[condition.operator](column.keys(), condition.value))
    is_equal = column.is_null() if condition.value is None else column.equals(condition.value)
    return is_equal if condition.operator == "=" else ~is_equal
