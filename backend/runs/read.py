"""Finds a run by its id, and shows rows as the contract's Run."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend.db.clock import database_time
from backend.db.models import Run
from backend.errors import NotFound
from backend.runs.queue import positions
from backend.runs.schemas import RunRead, run_read


def get_run(session: Session, run_id: str, *, lock: bool = False) -> Run:
    """One run by its id.

    Raises:
        NotFound: there is none.
    """
    run = session.get(Run, run_id, with_for_update=lock or None)
    if run is None:
        raise NotFound(f"There is no run {run_id!r}; it may have been deleted.")
    return run


def read_runs(session: Session, runs: Sequence[Run]) -> list[RunRead]:
    """Runs as the contract shows them, now, each waiting one with its place in the line."""
    at = database_time(session)
    line = positions(session) if any(run.status == "queued" for run in runs) else {}
    return [run_read(run, at, line.get(run.id)) for run in runs]
