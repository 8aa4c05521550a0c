"""Claims and leases: a worker claims a run with one compare-and-set, renews its lease, and writes under its number.

`status` is written by `runs.create`, `stopping` and `resuming` for a user, by this module, and by the trainer's
`worker.run_writer` through `fence`. All of them end a run with `ending.end`.
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

MAX_STALLS = 3  # consecutive stalls without a newly saved epoch before the run fails
MAX_CLAIMS = 3  # consecutive claims without a newly saved epoch before the run fails


class Fenced(Exception):
    """The lease is no longer valid: the run was claimed again, requeued or ended. Nothing may be written."""


@dataclass(frozen=True)
class Lease:
    """A claim of one run. `number` is the fencing token: it rises with each claim and names the folder of its files."""

    run_id: str
    number: int


def claim(session: Session, worker: str, slot: str, seconds: float) -> tuple[Lease, list[RunEvent]] | None:
    """Claims the first run in the queue for `seconds`. Returns None if no run is queued."""
    run = _take_first_queued(session, worker, slot, seconds)
    if run is None:
        return None
    session.refresh(run)
    if run.started_at is None:
        run.started_at = run.heartbeat_at
    return Lease(run.id, run.lease), [record_status(session, run)]


def _take_first_queued(session: Session, worker: str, slot: str, seconds: float) -> Run | None:
    """Sets the first queued run to `preparing` under a new lease. Returns None if there is none any more."""
    run_id = session.scalar(select_queued().limit(1).with_for_update(skip_locked=True))
    return session.execute(
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
            stalled_since=None,
            epoch_at=None,  # the time left counts from the last epoch of this attempt
        )
        .returning(Run)
    ).scalar_one_or_none()


def renew(session: Session, lease: Lease, seconds: float) -> bool:
    """Extends the lease to `seconds` from now. Returns False if it is no longer valid."""
    renewed = session.execute(
        update(Run)
        .where(_held(lease))
        .values(lease_expires_at=clock() + seconds, heartbeat_at=clock())
        .returning(Run.id)
    )
    return renewed.scalar_one_or_none() is not None


def is_valid(session: Session, lease: Lease) -> bool:
    """Returns whether the lease is still valid, without renewing it."""
    return session.scalar(select(Run.id).where(_held(lease))) is not None


def fence(session: Session, lease: Lease) -> Run:
    """Returns the run's row, locked for the transaction.

    Raises:
        Fenced: The lease is no longer valid.
    """
    run = session.scalar(select(Run).where(_held(lease)).with_for_update())
    if run is None:
        raise Fenced(f"lease {lease.number} of run {lease.run_id} is no longer valid")
    return run


def release(
    session: Session, lease: Lease, reason: str, output: str = "", *, count_claim: bool = True
) -> list[RunEvent]:
    """Requeues a run whose trainer has ended, or fails it after `MAX_CLAIMS` claims. Logs the trainer's last `output`.

    `reason` completes a log line, without the full stop. `count_claim=False` undoes the claim in that count.
    """
    run = fence(session, lease)
    if not count_claim:
        run.claims = max(0, run.claims - 1)
    events = [record_log(session, run, f"Last output of the trainer:\n{output}", "warning")] if output else []
    return events + _requeue(session, run, reason)


def report_stall(session: Session, lease: Lease, silent_seconds: float | None, text: str) -> list[RunEvent]:
    """Records for how long nothing was heard of a trainer, with a log line; None: it goes on."""
    run = fence(session, lease)
    if silent_seconds is None:
        run.stalled_since, line = None, record_log(session, run, "The trainer goes on")
    else:
        run.stalled_since = database_time(session) - silent_seconds
        line = record_log(session, run, text, "warning")
    return [line, record_status(session, run)]


def release_stalled(session: Session, lease: Lease, reason: str) -> list[RunEvent]:
    """Requeues a run whose trainer has stalled. The claim does not count, but `MAX_STALLS` without an epoch fail it.

    `reason` completes a log line, without the full stop.
    """
    run = fence(session, lease)
    run.claims, run.stalls = max(0, run.claims - 1), run.stalls + 1
    if run.stalls < MAX_STALLS:
        return _requeue(session, run, reason)
    error = RunError(
        title="The trainer stalled three times",
        detail=f"{MAX_STALLS} trainers in a row made no progress after epoch {run.epoch}. The last one: {reason}.",
        hint="Look for what blocks on that machine: the disk, the GPU's driver, memory. Then resume the run.",
    )
    event = record_log(session, run, f"{reason}. Not retried: {MAX_STALLS} trainers stalled at this place.", "error")
    return [event, _fail(session, run, error)]


def give_back(session: Session, lease: Lease, reason: str) -> list[RunEvent]:
    """Undoes the claim of a run that no trainer has begun: it keeps its place in the queue and its attempts.

    `reason` completes a log line, without the full stop.
    """
    run = fence(session, lease)
    run.status, run.lease_expires_at, run.stalled_since = "queued", None, None
    run.claims, run.attempt = run.claims - 1, run.attempt - 1
    if run.attempt == 0:
        run.started_at = None
    return [record_log(session, run, f"{reason}. The run waits for a worker.", "warning"), record_status(session, run)]


def fail(session: Session, lease: Lease, error: RunError, output: str = "") -> list[RunEvent]:
    """Fails a run whose trainer ended for a reason that a retry would meet again. Logs its last `output`."""
    run = fence(session, lease)
    event = record_log(session, run, f"{error.detail} Last output of the trainer:\n{output or 'none'}", "error")
    return [event, _fail(session, run, error)]


def reap(session: Session, outage_seconds: float = 0.0) -> list[RunEvent]:
    """Requeues every run whose lease has expired.

    A lease that expired within the last `outage_seconds`, when it could not be renewed, is spared until the next call.
    """
    expired = Run.lease_expires_at < clock() - outage_seconds
    return _requeue_held(session, expired, "stopped renewing its lease")


def release_predecessor(session: Session, worker: str, started: float) -> list[RunEvent]:
    """Requeues the runs of a worker whose lease was not renewed since `started`, when its present process began.

    The process that trained them was killed. Called when a living one of the same name would have renewed its leases.
    """
    return _requeue_held(session, (Run.worker == worker) & (Run.heartbeat_at < started), "was restarted")


def _requeue_held(session: Session, condition: ColumnElement[bool], what: str) -> list[RunEvent]:
    """Requeues all held runs of a condition; `what` says in the log what became of their worker."""
    held = select(Run).where(Run.status.in_(HELD), condition).with_for_update(skip_locked=True)
    runs = session.scalars(held).all()
    return [event for run in runs for event in _requeue(session, run, f"Worker {run.worker} {what}")]


def _held(lease: Lease) -> ColumnElement[bool]:
    return (Run.id == lease.run_id) & (Run.lease == lease.number) & Run.status.in_(HELD)


def _requeue(session: Session, run: Run, reason: str) -> list[RunEvent]:
    run.lease_expires_at = run.stalled_since = None
    if run.claims >= MAX_CLAIMS:
        return _fail_after_claims(session, run, reason)
    run.status = "queued"
    run.queued_at = database_time(session)
    then = f"training resumes after epoch {run.epoch}" if run.epoch else "training starts again from the beginning"
    event = record_log(session, run, f"{reason}. Requeued; {then}.", "warning")
    return [event, record_status(session, run)]


def _fail_after_claims(session: Session, run: Run, reason: str) -> list[RunEvent]:
    error = RunError(
        title="The trainer was lost three times",
        detail=f"{MAX_CLAIMS} trainers in a row ended without saving another epoch. The last one: {reason}.",
        hint="Read the last lines of the log. The usual reason is memory: a smaller batch or model needs less.",
    )
    event = record_log(session, run, f"{reason}. Not retried: {MAX_CLAIMS} trainers saved no epoch.", "error")
    return [event, _fail(session, run, error)]


def _fail(session: Session, run: Run, error: RunError) -> RunEvent:
    run.error = error.model_dump()
    return end(session, run, "failed")
