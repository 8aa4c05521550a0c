"""How a run ends, whoever ends it."""

from typing import Literal

from sqlalchemy.orm import Session

from backend import exports
from backend.db import database_time
from backend.events import RunEvent, record_status
from backend.models import Run

Ended = Literal["finished", "stopped", "failed"]


def end(session: Session, run: Run, status: Ended) -> RunEvent:
    """Give it its terminal status; a run that has a best model wants its bundle, whatever ended it."""
    run.status, run.lease_expires_at = status, None
    run.finished_at = database_time(session)
    if run.best is not None:
        exports.want_bundle(session, run)
    return record_status(session, run)
