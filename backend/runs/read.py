"""Finds a run by its id, and converts rows to the JSON of the REST API."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from backend.db.clock import database_time
from backend.db.models import Run
from backend.errors import NotFound
from backend.runs.queue import positions
from backend.runs.schemas import STORED, RunRead, RunRow, run_read, run_row
from backend.runs.table.fields import RunField
from backend.runs.table.values import labelled, read_values

# What a row of the table is made of. A spec and notes may be large, and each column more is read for each row.
ROW_COLUMNS = (
    *STORED,
    "heartbeat_at",
    "stalled_since",
    "lease_expires_at",
    "last_epoch_seconds",
    "queued_at",
    "yields",
)
ROW = load_only(*(getattr(Run, name) for name in dict.fromkeys(ROW_COLUMNS)), raiseload=True)


def get_run(session: Session, run_id: str, *, lock: bool = False) -> Run:
    """Returns a run; `lock=True` locks its row for the transaction.

    Raises:
        NotFound: There is no such run.
    """
    run = session.get(Run, run_id, with_for_update=lock or None)
    if run is None:
        raise NotFound(f"There is no run {run_id!r}; it may have been deleted.")
    return run


def read_runs(session: Session, runs: Sequence[Run]) -> list[RunRead]:
    """Returns runs for the REST API, as of now and with their queue positions."""
    at = database_time(session)
    queue_positions = positions(session, runs)
    return [run_read(run, at, queue_positions.get(run.id)) for run in runs]


def read_listed(session: Session, run_ids: Sequence[str]) -> list[RunRead]:
    """Returns the runs of a page of the list, in the order of `run_ids`."""
    rows = {run.id: run for run in session.scalars(select(Run).where(Run.id.in_(run_ids)))}
    return read_runs(session, [rows[run_id] for run_id in run_ids if run_id in rows])


def read_rows(session: Session, run_ids: Sequence[str], columns: Sequence[RunField]) -> list[RunRow]:
    """Returns rows of the table with the values of `columns`, in the order of `run_ids`. No spec is decoded."""
    found = select(Run, *labelled(columns)).options(ROW).where(Run.id.in_(run_ids))
    rows = [(run, read_values(columns, values)) for run, *values in session.execute(found)]
    now, queue_positions = database_time(session), positions(session, [run for run, _ in rows])
    read = {run.id: run_row(run, now, queue_positions.get(run.id), fields) for run, fields in rows}
    return [read[run_id] for run_id in run_ids if run_id in read]
