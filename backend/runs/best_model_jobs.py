"""Rows of jobs on a run's best model: requested, claimed by one job at a time, kept alive, released.

Exports and evaluations are such rows; what a finished job leaves is their own. To avoid deadlocks, lock the run before
one of its jobs.
"""

import uuid
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from backend.db.clock import clock, database_time
from backend.db.models import ACTIVE, Artifact, BestModelJob, Run
from backend.errors import Conflict, NotFound
from backend.runs.event_log import record_log
from backend.runs.read import get_run

Job = TypeVar("Job", bound=BestModelJob)

STALLED_SECONDS = 30.0  # a job touches its row every 2 s; after this long without a touch another job may claim it
MAX_ATTEMPTS = 3
WORKER_LOST = f"Its process was lost {MAX_ATTEMPTS} times, probably because memory ran out."


def best_model(session: Session, run: Run, purpose: str) -> Artifact:
    """Returns the artifact `best.keras`. Raises Conflict if the run has none; `purpose` is a verb for its sentence."""
    best = session.get(Artifact, (run.id, "best.keras"))
    if best is None:
        yet = " yet; wait for its first epoch" if run.status in ACTIVE else f": it is {run.status} without one"
        raise Conflict(f"Run {run.name!r} has no best model to {purpose}{yet}.")
    return best


def set_wanted(session: Session, table: type[Job], run: Run, kind: str, best: Artifact, **values: Any) -> Job:
    """Requests a job anew, whatever became of the one before."""
    values |= {"status": "wanted", "reason": None, "of_sha256": best.sha256, "touched_at": database_time(session)}
    return session.merge(table(run_id=run.id, kind=kind, claim=None, tries=0, **values))


def claim(session: Session, table: type[Job]) -> Job | None:
    """Claims the job that was requested first, or one that has stalled; returns None if there is none.

    The run stays locked until the commit, so that its best model is not replaced before that. If it is replaced before
    the job has linked its file, the job works on the newer one.
    """
    while first := session.scalar(select(table).where(_is_claimable(table)).order_by(table.touched_at).limit(1)):
        run = session.get(Run, first.run_id, with_for_update=True)
        locked = select(table).where(_is_claimable(table), _is_same(first)).with_for_update()
        row = session.scalar(locked.execution_options(populate_existing=True))
        best = session.get(Artifact, (first.run_id, "best.keras"))
        if row is None or run is None:
            continue  # another job has claimed it, or the run was deleted
        if best is None:
            session.delete(row)
        elif row.tries >= MAX_ATTEMPTS:
            row.status, row.reason = "failed", WORKER_LOST
            record_log(session, run, f"The job {row.kind!r} of the best model failed: {WORKER_LOST}", "warning")
        else:
            return _set_making(session, row, best)
    return None


def is_waiting(session: Session, table: type[Job]) -> bool:
    """Returns whether a job is requested, or was not touched for STALLED_SECONDS."""
    return session.scalar(select(table.run_id).where(_is_claimable(table)).limit(1)) is not None


def touch(session: Session, job: BestModelJob, **values: Any) -> bool:
    """Records that a job is alive; returns False if it was claimed again, requested anew or deleted."""
    touched = update(type(job)).where(_is_claimed(job)).values(touched_at=clock(), **values)
    return session.scalar(touched.returning(type(job).kind)) is not None


def release(session: Session, job: BestModelJob) -> None:
    """Returns a claimed job to `wanted`, because its worker is stopping; the attempt does not count."""
    values = {"status": "wanted", "claim": None, "tries": type(job).tries - 1}
    session.execute(update(type(job)).where(_is_claimed(job)).values(values))


def mark_failed(session: Session, job: BestModelJob, reason: str) -> None:
    """Raises NotFound as `lock_claimed`."""
    row = lock_claimed(session, job)
    row.status, row.reason = "failed", reason


def lock_claimed(session: Session, job: Job) -> Job:
    """Locks the run and the job's row for the job's end.

    Raises:
        NotFound: the run was deleted, or the job was claimed again or requested anew.
    """
    get_run(session, job.run_id, lock=True)
    row = session.scalar(select(type(job)).where(_is_claimed(job)).with_for_update())
    if row is None:
        raise NotFound("This job was claimed by another worker, or requested anew.")
    return row


def _is_claimable(table: type[BestModelJob]) -> ColumnElement[bool]:
    is_stalled = (table.status == "making") & (table.touched_at < clock() - STALLED_SECONDS)
    return or_(table.status == "wanted", is_stalled)


def _is_claimed(job: BestModelJob) -> ColumnElement[bool]:
    return _is_same(job) & (type(job).status == "making") & (type(job).claim == job.claim)


def _is_same(job: BestModelJob) -> ColumnElement[bool]:
    return (type(job).run_id == job.run_id) & (type(job).kind == job.kind)


def _set_making(session: Session, row: Job, best: Artifact) -> Job:
    row.status, row.touched_at, row.tries = "making", database_time(session), row.tries + 1
    row.of_sha256, row.claim = best.sha256, uuid.uuid4().hex
    return row
