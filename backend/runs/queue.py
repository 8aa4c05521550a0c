"""The queue: runs with status `queued`, by priority and then by the time at which they were queued."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.db.models import Run


def select_queued() -> Select[str]:
    """Selects the ids of queued runs, the next one first."""
    return select(Run.id).where(Run.status == "queued").order_by(Run.priority.desc(), Run.queued_at, Run.id)


def is_any_queued(session: Session) -> bool:
    return session.scalar(select_queued().limit(1)) is not None


def positions(session: Session) -> dict[str, int]:
    """Returns the queue position of each queued run, from 1."""
    return {run_id: position for position, run_id in enumerate(session.scalars(select_queued()), start=1)}
