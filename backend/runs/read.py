"""Finds a run by its id, and converts rows to the JSON of the REST API."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend.db.clock import database_time
from backend.db.models import Run
from backend.errors import NotFound
from backend.runs.queue import positions
from backend.runs.schemas import RunRead, run_read


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
