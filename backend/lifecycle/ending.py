"""Ends a run: the one place that sets a terminal status."""

from typing import Literal

from sqlalchemy.orm import Session

from backend.artifacts import exports
from backend.db.clock import database_time
from backend.db.models import Run
from backend.runs.event_log import RunEvent, record_status

TerminalStatus = Literal["finished", "stopped", "failed"]


def end(session: Session, run: Run, status: TerminalStatus) -> RunEvent:
    """Sets the terminal status, and requests a bundle of the best model if there is one.

    The bundle of a study's run is made on request: hundreds of them would take the processor from its trainings.
    """
    run.status, run.lease_expires_at, run.stalled_since = status, None, None
    run.finished_at = database_time(session)
    if run.best is not None and not run.yields:
        exports.request_bundle(session, run)
    return record_status(session, run)
