"""Which fields the runs have, with their values or their range: what a column chooser and filters offer."""

from typing import TYPE_CHECKING

from pydantic import BaseModel
from sqlalchemy.orm import Session

from backend.runs.table.columns.loaded import loaded_columns
from backend.runs.table.fields import FIELDS, Group, Kind, RunField
from backend.runs.table.filters import RunFilter

if TYPE_CHECKING:
    from backend.runs.table.columns.arrays import Positions
    from backend.runs.table.columns.texts import Column

MAX_VALUES = 50  # of a field; of one with more, none is listed
# Columns of the run whose values are listed, beside those of the spec.
CATEGORIES = ("status", "dataset", "model", "study", "recipe", "owner", "ended_by", "worker", "slot", "priority")


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


def list_fields(session: Session, query: RunFilter) -> list[FieldRead]:
    """Returns the fields that matching runs have, in the order of FIELDS."""
    with loaded_columns(session) as columns:
        runs = columns.matching(query)
        fields = (_read(field, columns.columns[field.path], runs) for field in FIELDS.values())
        return [field for field in fields if field is not None]


def _read(field: RunField, column: "Column", runs: "Positions") -> FieldRead | None:
    low, high, count = column.range(runs)
    if not count:
        return None
    is_listed = field.group == "spec" or field.path in CATEGORIES
    values = column.distinct(runs, MAX_VALUES) if is_listed else None
    has_range = field.kind in ("number", "time")
    return FieldRead(
        path=field.path,
        title=field.title,
        kind=field.kind,
        group=field.group,
        values=None if values is None else [field.read(value) for value in values],
        min=field.read(low) if has_range else None,
        max=field.read(high) if has_range else None,
        differs=low != high or count < len(runs),
    )
