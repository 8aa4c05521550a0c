"""How a run ends, whoever ends it."""

from typing import Literal

from sqlalchemy.orm import Session

from backend.artifacts import exports
from backend.db.clock import database_time
from backend.db.models import Run
from backend.runs.event_log import RunEvent, record_status

Ended = Literal["finished", "stopped", "failed"]


def end(session: Session, run: Run, status: Ended) -> RunEvent:
    """Give it its terminal status; a run that has a best model wants its bundle, whatever ended it."""
    run.status, run.lease_expires_at = status, None
    run.finished_at = database_time(session)
    if run.best is not None:
        exports.want_bundle(session, run)
    return record_status(session, run)
