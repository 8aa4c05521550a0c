"""Which fields the runs have, with their values or their range: what a column chooser and filters offer."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, Engine, Text, cast, func, select
from sqlalchemy.orm import Session

from backend.db.models import Run
from backend.runs.table.fields import FIELDS, Group, Kind, RunField, Value
from backend.runs.table.filters import RunFilter

Matches = Sequence[ColumnElement[bool]]

MAX_VALUES = 50  # of a field; of one with more, none is listed
# Columns of the run with few values, whose combinations are read at once.
CATEGORIES = ("status", "dataset", "model", "study", "recipe", "owner", "ended_by", "worker", "slot", "priority")
# What is read of a spec. Of a model that lists its layers no value is a field, and its JSON may be large.
PARTS = tuple(
    dict.fromkeys(
        tuple(field.path.split(".")[: 2 if field.path.startswith("model.") else 1])
        for field in FIELDS.values()
        if field.group == "spec"
    )
)


class FieldRead(BaseModel):
    """A field that at least one run has.

    `values` is null where there are more than 50, and for results. `differs`: the runs do not all have the same value;
    to have none counts as a value.
    """

    path: str
    title: str
    kind: Kind
    group: Group
    values: list[str | float | bool] | None
    min: str | float | None
    max: str | float | None
    differs: bool


@dataclass
class _Overview:
    """The distinct values of a field, or None where only its range was read; how many runs have a value."""

    low: Any = None
    high: Any = None
    differs: bool = False
    values: set[Any] | None = None


def list_fields(session: Session, query: RunFilter) -> list[FieldRead]:
    """Returns the fields that matching runs have, in the order of FIELDS. Of all runs, 10,000 take 60 ms, and after a
    launch or a deletion once a quarter of a second.
    """
    matches = query.expressions()
    values = _spec_values(session, matches) if matches else _known_spec_values(session)
    found = {**_ranges(session, matches), **_categories(session, matches), **values}
    return [_read(field, found[path]) for path, field in FIELDS.items() if found[path].high is not None]


def _read(field: RunField, overview: _Overview) -> FieldRead:
    values = overview.values if overview.values is not None and len(overview.values) <= MAX_VALUES else None
    has_range = field.kind in ("number", "time")
    return FieldRead(
        path=field.path,
        title=field.title,
        kind=field.kind,
        group=field.group,
        values=None if values is None else sorted(values),
        min=field.read(overview.low) if has_range else None,
        max=field.read(overview.high) if has_range else None,
        differs=overview.differs,
    )


def _ranges(session: Session, matches: Matches) -> dict[str, _Overview]:
    """Returns the range of columns with many values, and of all metrics."""
    fields = [f for f in FIELDS.values() if f.group != "spec" and f.path not in CATEGORIES]
    read = (
        select(*(field.expression.label(f"f{number}") for number, field in enumerate(fields)))
        .where(*matches)
        .cte("read")
    )
    columns = read.prefix_with("MATERIALIZED").c
    ranges = ((func.min(column), func.max(column), func.count(column)) for column in columns)
    total, *values = session.execute(select(func.count(), *(part for parts in ranges for part in parts))).one()
    return {
        field.path: _Overview(low, high, differs=low != high or 0 < count < total)
        for field, low, high, count in zip(fields, values[::3], values[1::3], values[2::3], strict=True)
    }


def _categories(session: Session, matches: Matches) -> dict[str, _Overview]:
    fields = [FIELDS[path] for path in CATEGORIES]
    rows = session.execute(select(*(field.expression for field in fields)).where(*matches).distinct()).all()
    return {field.path: _of(values) for field, values in zip(fields, _columns(rows, len(fields)), strict=True)}


# Of each database: the number of runs and the time of the newest launch, and the values that specs had then. What is
# read of a spec never changes, so these two tell whether there are other specs now.
_known: WeakKeyDictionary[Engine | Connection, tuple[Any, dict[str, _Overview]]] = WeakKeyDictionary()


def _known_spec_values(session: Session) -> dict[str, _Overview]:
    """Returns the values of specs, which are read again after a run was launched or deleted."""
    bind, version = session.get_bind(), session.execute(select(func.count(), func.max(Run.created_at))).one()
    if bind not in _known or _known[bind][0] != version:
        _known[bind] = version, _spec_values(session, [])
    return _known[bind][1]


def _spec_values(session: Session, matches: Matches) -> dict[str, _Overview]:
    """Returns the values of specs. Each part is decoded once for all runs where it is the same text."""
    rows = session.execute(select(*(cast(Run.spec[part], Text) for part in PARTS)).where(*matches)).all()
    found: dict[str, _Overview] = {}
    for part, texts in zip(PARTS, _columns(rows, len(PARTS)), strict=True):
        prefix = ".".join(part)
        decoded = [json.loads(text) if text else None for text in set(texts)]
        for field in FIELDS.values():
            if field.group == "spec" and f"{field.path}.".startswith(f"{prefix}."):
                keys = field.path.removeprefix(prefix).split(".")[1:]
                found[field.path] = _of(_value(field, value, keys) for value in decoded)
    return found


def _columns(rows: Sequence[Any], number: int) -> Iterable[Sequence[Any]]:
    return zip(*rows, strict=True) if rows else [()] * number


def _of(values: Iterable[Any]) -> _Overview:
    distinct = set(values)
    present = distinct - {None}
    return _Overview(min(present, default=None), max(present, default=None), len(distinct) > 1, present)


def _value(field: RunField, part: Any, keys: Sequence[str]) -> Value:
    """Returns the value at `keys` of a part of a spec, as the field's expression has it in SQL."""
    for key in keys:
        part = part.get(key) if isinstance(part, dict) else None
    if field.kind == "boolean" and isinstance(part, dict):
        return True
    return json.dumps(part, separators=(",", ":")) if isinstance(part, list | dict) else part
