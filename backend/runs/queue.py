"""The queue: runs with status `queued`, by priority and then by the time at which they were queued.

A run of a study yields to those of its priority that were launched by themselves.
"""

import itertools
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, func, not_, or_, select, tuple_
from sqlalchemy.orm import Session

from backend.db.models import Run


def select_queued() -> Select[str]:
    """Selects the ids of queued runs, the next one first."""
    return select(Run.id).where(Run.status == "queued").order_by(Run.priority.desc(), Run.yields, Run.queued_at, Run.id)


def is_any_queued(session: Session) -> bool:
    return session.scalar(select(Run.id).where(Run.status == "queued").limit(1)) is not None


def position(session: Session, run: Run) -> int:
    """Returns the queue position of a queued run, from 1."""
    ahead = select(func.count()).select_from(Run).where(Run.status == "queued", _is_ahead_of(run))
    return 1 + session.execute(ahead).scalar_one()


def positions(session: Session, runs: Iterable[Run]) -> dict[str, int]:
    """Returns the queue positions of the queued ones among `runs`.

    Those ahead of the first are counted, and from there on the ids are read up to the last.
    """
    queued = sorted((run for run in runs if run.status == "queued"), key=_order)
    if not queued:
        return {}
    first, last = queued[0], queued[-1]
    between = select_queued().where(not_(_is_ahead_of(first)), or_(_is_ahead_of(last), Run.id == last.id))
    return dict(zip(session.scalars(between), itertools.count(position(session, first)), strict=False))


def _is_ahead_of(run: Run) -> ColumnElement[bool]:
    was_earlier = tuple_(Run.yields, Run.queued_at, Run.id) < tuple_(run.yields, run.queued_at, run.id)
    return or_(Run.priority > run.priority, (Run.priority == run.priority) & was_earlier)


def _order(run: Run) -> tuple[int, bool, float, str]:
    return -run.priority, run.yields, run.queued_at, run.id
