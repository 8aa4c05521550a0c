"""Reads values of fields of runs."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Label, Select, select
from sqlalchemy.orm import Session

from backend.db.models import Run
from backend.runs.table.fields import RunField, Value

FieldValues = dict[str, Value]


def field_values(
    session: Session, run_ids: Collection[str] | Select[str], fields: Sequence[RunField]
) -> dict[str, FieldValues]:
    """Returns `{run id: {path: value}}` of runs, given by their ids or by a select of ids; None stands for no value."""
    rows = session.execute(select(Run.id, *labelled(fields)).where(Run.id.in_(run_ids)))
    return {run_id: read_values(fields, values) for run_id, *values in rows}


def labelled(fields: Sequence[RunField]) -> list[Label[Any]]:
    """Returns the columns of a select that reads `fields`."""
    return [field.expression.label(f"field_{number}") for number, field in enumerate(fields)]


def read_values(fields: Sequence[RunField], values: Sequence[Any]) -> FieldValues:
    """Converts the selected values of `fields`."""
    return {field.path: field.read(value) for field, value in zip(fields, values, strict=True)}
