"""The line of waiting runs: the highest priority first, then the one that waits longest."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.db.models import Run


def select_queued() -> Select[str]:
    """Ids of the waiting runs, the next one first."""
    return select(Run.id).where(Run.status == "queued").order_by(Run.priority.desc(), Run.queued_at, Run.id)


def positions(session: Session) -> dict[str, int]:
    """Each waiting run's place, from 1."""
    return {run_id: place for place, run_id in enumerate(session.scalars(select_queued()), start=1)}
