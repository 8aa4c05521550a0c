"""Finds a run by its id, and converts rows to the JSON of the REST API."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from backend.db.clock import clock, database_time
from backend.db.models import Run
from backend.db.one_of import one_of
from backend.errors import NotFound
from backend.runs.queue import positions
from backend.runs.schemas import RunRead, run_read, run_values

# Selected one by one, rows are read in half the time that whole objects take.
COLUMNS = [attribute.class_attribute for attribute in inspect(Run).column_attrs if not attribute.deferred]
LISTED = {
    dialect: select(*COLUMNS, clock().label("now")).where(is_listed)
    for dialect, is_listed in one_of(Run.id, "run_ids").items()
}


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


def read_listed(session: Session, run_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Returns the values of RunRead for the runs of a page of the list, in the order of `run_ids`."""
    statement = LISTED[session.get_bind().dialect.name]
    runs: Sequence[Any] = session.connection().execute(statement, {"run_ids": run_ids}).all()
    queue_positions = positions(session, runs)
    values = {run.id: run_values(run, run.now, queue_positions.get(run.id)) for run in runs}
    return [values[run_id] for run_id in run_ids if run_id in values]
