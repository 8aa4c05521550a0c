"""Rows of the table: what the page shows of each run, a fifth of a whole Run."""

import math
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.db.clock import clock, to_datetime
from backend.db.models import HELD, Run
from backend.db.one_of import one_of
from backend.runs.pace import eta_seconds, is_silent, seconds_per_epoch
from backend.runs.queue import positions
from backend.runs.schemas import EndedBy, Status, has_lost_contact
from backend.runs.table.fields import RunField, Value
from backend.runs.table.values import FieldValues, labelled, read_values

SPARK_STEPS = 200  # between the lowest and the highest value of a sparkline, which is 24 pixels high


class RowBest(BaseModel):
    """The best epoch of a row. Its other metrics are columns, such as `best.loss`."""

    epoch: int
    monitor: str
    value: float


class RowError(BaseModel):
    title: str


class RunRow(BaseModel):
    """What a row of the table shows of a run, as after the event of number `last_seq`.

    `fields` has the values of the requested columns, by their paths. `spark` has as many digits as its line
    shows. What is listed after `fields` is left out of the rows of runs that do not have it.
    """

    id: str
    name: str
    status: Status
    dataset: str
    model: str
    tags: list[str]
    study: str | None
    epoch: int
    epochs: int
    best: RowBest | None
    spark: list[float | None]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    queue_position: int | None
    eta_seconds: float | None
    last_seq: int
    fields: dict[str, Value]

    ended_by: EndedBy | None = None
    error: RowError | None = None
    trial: int | None = None
    study_values: dict[str, Any] | None = None
    pruned_epoch: int | None = None
    validation_images: int | None = None
    test_images: int | None = None
    seconds_per_epoch: float | None = None
    stalled_since: datetime | None = None
    lost_contact: bool | None = None
    silent: bool | None = None


STORED = tuple(name for name in RunRow.model_fields if hasattr(Run, name))
TIMES = ("created_at", "started_at", "finished_at", "stalled_since")
# Of these the values of a row are computed.
COMPUTED_OF = ("priority", "yields", "queued_at", "lease_expires_at", "heartbeat_at", "epoch_at", "last_epoch_seconds")
COLUMNS = [getattr(Run, name) for name in (*STORED, *COMPUTED_OF)]
KEPT_STATEMENTS = 64  # of different columns; to make one takes a third of the time of reading 50 rows
OPTIONAL = frozenset(name for name, field in RunRow.model_fields.items() if not field.is_required())


def read_rows(session: Session, run_ids: Sequence[str], columns: Sequence[RunField]) -> list[dict[str, Any]]:
    """Returns the values of RunRow with the values of `columns`, in the order of `run_ids`. No spec is decoded."""
    statement = _statement(tuple(columns), session.get_bind().dialect.name)
    runs: Sequence[Any] = session.connection().execute(statement, {"run_ids": run_ids}).all()
    queue_positions, first_column = positions(session, runs), len(COLUMNS) + 1
    rows = {run.id: _row(run, queue_positions.get(run.id), read_values(columns, run[first_column:])) for run in runs}
    return [rows[run_id] for run_id in run_ids if run_id in rows]


@lru_cache(KEPT_STATEMENTS)
def _statement(columns: tuple[RunField, ...], dialect: str) -> Select[Any]:
    return select(*COLUMNS, clock().label("now"), *labelled(columns)).where(one_of(Run.id, "run_ids")[dialect])


def _row(run: Any, queue_position: int | None, fields: FieldValues) -> dict[str, Any]:
    row = {name: value for name, value in zip(STORED, run, strict=False) if value is not None or name not in OPTIONAL}
    for name in TIMES:
        if (seconds := row.get(name)) is not None:
            row[name] = to_datetime(seconds)
    if run.best is not None:
        row["best"] = {name: run.best[name] for name in RowBest.model_fields}
    if run.error is not None:
        row["error"] = {"title": run.error["title"]}
    row |= {"spark": rounded(run.spark), "queue_position": queue_position, "eta_seconds": None, "fields": fields}
    return row | _pace(run) if run.status in HELD else row


def _pace(run: Any) -> dict[str, Any]:
    pace: dict[str, Any] = {"eta_seconds": eta_seconds(run, run.now)}
    if run.last_epoch_seconds:
        pace["seconds_per_epoch"] = seconds_per_epoch(run)
    if has_lost_contact(run, run.now):
        pace["lost_contact"] = True
    if is_silent(run, run.now):
        pace["silent"] = True
    return pace


def rounded(values: Sequence[float | None]) -> Sequence[float | None]:
    """Rounds the values of a sparkline to a step that its line can't show."""
    numbers = [value for value in values if value is not None]
    span = max(numbers, default=0.0) - min(numbers, default=0.0)
    if span == 0 or not math.isfinite(span):
        return values
    digits = math.ceil(-math.log10(span / SPARK_STEPS))
    return [None if value is None else round(value, digits) for value in values]
