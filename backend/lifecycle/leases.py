"""Who trains a run: claimed by one compare-and-set, held by a lease that must be renewed, fenced by its number.

The only writers of `status` are a person's `runs.create`, `stopping` and `resuming`, this file, and the trainer's
`worker.run_writer`, through `fence`; each ends a run by `ending.end`.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from backend.db.clock import clock, database_time
from backend.db.models import HELD, Run
from backend.lifecycle.ending import end
from backend.runs.event_log import RunEvent, record_log, record_status
from backend.runs.queue import select_queued
from backend.runs.schemas import RunError

MAX_CLAIMS = 3


class Fenced(Exception):
    """The run is no longer ours: another claim, or none, holds it. Nothing may be written."""


@dataclass(frozen=True)
class Lease:
    """A claim of one run. `number` rises with each claim and goes with every write and into every file's folder."""

    run_id: str
    number: int


def claim(session: Session, worker: str, slot: str, seconds: float) -> tuple[Lease, list[RunEvent]] | None:
    """Take the first run in line, or none: highest priority first, then the one that waits longest."""
    run_id = session.scalar(select_queued().limit(1).with_for_update(skip_locked=True))
    taken = session.execute(
        update(Run)
        .where(Run.id == run_id, Run.status == "queued")
        .values(
            status="preparing",
            worker=worker,
            slot=slot,
            attempt=Run.attempt + 1,
            claims=Run.claims + 1,
            lease=Run.lease + 1,
            lease_expires_at=clock() + seconds,
            heartbeat_at=clock(),
            epoch_at=None,  # it says how far this attempt is with the next one
        )
        .returning(Run)
    ).scalar_one_or_none()
    if taken is None:
        return None
    session.refresh(taken)
    if taken.started_at is None:
        taken.started_at = taken.heartbeat_at
    return Lease(taken.id, taken.lease), [record_status(session, taken)]


def renew(session: Session, lease: Lease, seconds: float) -> bool:
    """Hold on for `seconds` more; False when the run is no longer ours."""
    renewed = session.execute(
        update(Run)
        .where(_held(lease))
        .values(lease_expires_at=clock() + seconds, heartbeat_at=clock())
        .returning(Run.id)
    )
    return renewed.scalar_one_or_none() is not None


def holds(session: Session, lease: Lease) -> bool:
    """Whether the run is ours, without holding on."""
    return session.scalar(select(Run.id).where(_held(lease))) is not None


def fence(session: Session, lease: Lease) -> Run:
    """The run's row, locked, while the lease is ours.

    Raises:
        Fenced: it is not, and nothing may be written.
    """
    run = session.scalar(select(Run).where(_held(lease)).with_for_update())
    if run is None:
        raise Fenced(f"run {lease.run_id} is no longer held by lease {lease.number}")
    return run


def release(
    session: Session, lease: Lease, reason: str, output: str = "", *, blameless: bool = False
) -> list[RunEvent]:
    """Return a run to the queue because its trainer is gone, whose last `output` goes to the log.

    `blameless`: the claim doesn't count against the run.
    """
    run = fence(session, lease)
    if blameless:
        run.claims = max(0, run.claims - 1)
    said = [record_log(session, run, f"The trainer's last output:\n{output}", "warning")] if output else []
    return said + _requeue(session, run, reason)


def fail(session: Session, lease: Lease, error: RunError, output: str = "") -> list[RunEvent]:
    """End a run whose trainer is gone for a reason that would come again; its last `output` goes to the log."""
    run = fence(session, lease)
    said = record_log(session, run, f"{error.detail} The trainer's last output:\n{output or 'none'}", "error")
    return [said, _failed(session, run, error)]


def reap(session: Session) -> list[RunEvent]:
    """Return every run whose lease has expired to the queue."""
    lost = session.scalars(
        select(Run).where(Run.status.in_(HELD), Run.lease_expires_at < clock()).with_for_update(skip_locked=True)
    ).all()
    return [
        event
        for run in lost
        for event in _requeue(session, run, f"{run.worker} no longer answers; its lease has expired")
    ]


def waiting(session: Session, seconds: float) -> list[str]:
    """Ids of the queued runs that no worker was woken for in the last `seconds`; they count as woken now."""
    return list(
        session.scalars(
            update(Run)
            .where(Run.status == "queued", Run.woken_at < clock() - seconds)
            .values(woken_at=clock())
            .returning(Run.id)
        )
    )


def _held(lease: Lease) -> ColumnElement[bool]:
    return (Run.id == lease.run_id) & (Run.lease == lease.number) & Run.status.in_(HELD)


def _requeue(session: Session, run: Run, reason: str) -> list[RunEvent]:
    run.lease_expires_at = None
    if run.claims >= MAX_CLAIMS:
        return _give_up(session, run, reason)
    run.status = "queued"
    run.queued_at = run.woken_at = database_time(session)
    where = f"after epoch {run.epoch}" if run.epoch else "from the start"
    told = record_log(session, run, f"Lost its trainer: {reason}. It waits again and goes on {where}.", "warning")
    return [told, record_status(session, run)]


def _give_up(session: Session, run: Run, reason: str) -> list[RunEvent]:
    error = RunError(
        title="Its trainer was lost three times",
        detail=f"{MAX_CLAIMS} trainers in a row ended without saving another epoch; the last one: {reason}.",
        hint="Look at the log's last lines. A smaller batch or model needs less memory, the usual reason.",
    )
    told = record_log(session, run, f"Lost its trainer: {reason}. It is not tried again.", "error")
    return [told, _failed(session, run, error)]


def _failed(session: Session, run: Run, error: RunError) -> RunEvent:
    run.error = error.model_dump()
    return end(session, run, "failed")
