"""Changes a run's name, tags, notes or priority, and deletes ended runs."""

from sqlalchemy.orm import Session

from backend.db.models import ACTIVE, Run
from backend.errors import Conflict, FieldError, Invalid
from backend.runs.event_log import RunEvent, record_status
from backend.runs.read import get_run
from backend.runs.schemas import RunChange, priority_number


def update_run(session: Session, run_id: str, asked: RunChange) -> tuple[Run, list[RunEvent]]:
    run = get_run(session, run_id, lock=True)
    for field, value in asked.model_dump(exclude_unset=True).items():
        if value is None:
            raise Invalid(f"{field} can't be null; leave it out to keep it.", [FieldError([field], "can't be null")])
        setattr(run, field, priority_number(value) if field == "priority" else value)
    return run, [record_status(session, run)]


def forget_run(session: Session, run_id: str) -> None:
    """Forget a run and all its rows; the caller removes its files after the commit.

    Raises:
        Conflict: it has not ended.
    """
    run = get_run(session, run_id, lock=True)
    if run.status in ACTIVE:
        raise Conflict(f"Run {run.name!r} is {run.status}; it can be deleted once it has ended.")
    session.delete(run)
