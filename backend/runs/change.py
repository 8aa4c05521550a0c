"""Changes a run's name, tags, notes or priority, and deletes ended runs."""

from sqlalchemy.orm import Session

from backend.db.models import ACTIVE, PRIORITIES, Run
from backend.errors import Conflict
from backend.runs.event_log import RunEvent, record_status
from backend.runs.read import get_run
from backend.runs.schemas import RunChange
from backend.runs.table.search import store_search_text


def update_run(session: Session, run_id: str, change: RunChange) -> tuple[Run, list[RunEvent]]:
    """Sets the fields of a run that the request has."""
    run = get_run(session, run_id, lock=True)
    for field, value in change.model_dump(exclude_unset=True).items():
        setattr(run, field, PRIORITIES[value] if field == "priority" else value)
    store_search_text(session, run)
    return run, [record_status(session, run)]


def delete_ended_run(session: Session, run_id: str) -> None:
    """Deletes a run and all its rows; the caller deletes its files after the commit.

    Raises:
        Conflict: The run has not ended.
    """
    run = get_run(session, run_id, lock=True)
    if run.status in ACTIVE:
        raise Conflict(f"Run {run.name!r} is {run.status}; it can be deleted once it has ended.")
    session.delete(run)
