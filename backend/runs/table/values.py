"""Reads values of fields of runs."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.db.models import Run
from backend.runs.table.fields import RunField, Value

FieldValues = dict[str, Value]


def field_values(
    session: Session, run_ids: Collection[str] | Select[str], fields: Sequence[RunField]
) -> dict[str, FieldValues]:
    """Returns `{run id: {path: value}}` of runs, given by their ids or by a select of ids; None stands for no value."""
    expressions = [field.expression.label(f"field_{number}") for number, field in enumerate(fields)]
    rows = session.execute(select(Run.id, *expressions).where(Run.id.in_(run_ids)))
    return {
        run_id: {field.path: field.read(value) for field, value in zip(fields, values, strict=True)}
        for run_id, *values in rows
    }
