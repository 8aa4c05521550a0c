"""Claims, leases and fencing, on SQLite and on PostgreSQL."""

import threading
from collections.abc import Iterable

import pytest
from sqlalchemy import select, update

from backend.db.clock import database_time
from backend.db.engine import Database
from backend.db.models import Event, Run
from backend.lifecycle import leases
from backend.lifecycle.leases import Fenced, Lease
from backend.runs.create import queue_new_run
from backend.runs.read import get_run
from backend.runs.schemas import Priority, RunCreate


def queue(database: Database, name: str = "a run", priority: Priority = "normal") -> str:
    with database.write() as session:
        run, _ = queue_new_run(session, RunCreate(recipe="digits-quick", name=name, priority=priority))
    return run.id


def claim(database: Database, seconds: float = 30) -> Lease | None:
    with database.write() as session:
        claimed = leases.claim(session, "train-0@here", "cpu-0", seconds)
    return claimed[0] if claimed else None


def must_claim(database: Database, seconds: float = 30) -> Lease:
    lease = claim(database, seconds)
    assert lease is not None
    return lease


def read(database: Database, run_id: str) -> Run:
    with database.read() as session:
        return get_run(session, run_id)


def expire(database: Database, run_id: str) -> None:
    with database.write() as session:
        session.execute(update(Run).where(Run.id == run_id).values(lease_expires_at=database_time(session) - 1))


def texts(database: Database, run_id: str) -> Iterable[str]:
    with database.read() as session:
        rows = session.scalars(select(Event).where(Event.run_id == run_id, Event.kind == "log")).all()
    return [row.payload["text"] for row in rows]


def test_a_claimed_run_is_held_by_one_worker_only(database: Database) -> None:
    run_id = queue(database)

    assert claim(database) == Lease(run_id, 1)
    assert claim(database) is None
    run = read(database, run_id)
    assert (run.status, run.worker, run.slot, run.attempt) == ("preparing", "train-0@here", "cpu-0", 1)


def test_twenty_claims_at_once_take_five_runs_once_each(database: Database) -> None:
    queued = {queue(database) for _ in range(5)}
    claimed: list[Lease | None] = []
    threads = [threading.Thread(target=lambda: claimed.append(claim(database))) for _ in range(20)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while (lease := claim(database)) is not None:  # PostgreSQL: a claim that met a locked row returned None
        claimed.append(lease)

    assert sorted(lease.run_id for lease in claimed if lease) == sorted(queued)


def test_the_queue_is_ordered_by_priority_and_then_by_age(database: Database) -> None:
    late, early = queue(database, priority="low"), queue(database)
    urgent = queue(database, priority="high")

    assert [must_claim(database).run_id for _ in range(3)] == [urgent, early, late]


def test_only_a_valid_lease_is_renewed(database: Database) -> None:
    lease = must_claim(database) if queue(database) else None
    assert lease is not None

    with database.write() as session:
        assert leases.renew(session, lease, 30)
        assert not leases.renew(session, Lease(lease.run_id, lease.number - 1), 30)
    expire(database, lease.run_id)
    with database.write() as session:
        leases.reap(session)
    with database.write() as session:
        assert not leases.renew(session, lease, 30)


def test_an_old_lease_cannot_write(database: Database) -> None:
    run_id = queue(database)
    old = must_claim(database)
    expire(database, run_id)
    with database.write() as session:
        leases.reap(session)
    new = must_claim(database)

    assert new == Lease(run_id, 2)
    with database.write() as session, pytest.raises(Fenced):
        leases.fence(session, old)
    with database.write() as session, pytest.raises(Fenced):
        leases.release(session, old, "too late")
    assert read(database, run_id).status == "preparing"


def test_the_reaper_requeues_expired_leases_only_and_logs_why(database: Database) -> None:
    lost, kept = queue(database), queue(database)
    must_claim(database)
    must_claim(database)
    expire(database, lost)

    with database.write() as session:
        events = leases.reap(session)

    assert [(event.run, event.kind) for event in events] == [(lost, "log"), (lost, "status")]
    assert (read(database, lost).status, read(database, kept).status) == ("queued", "preparing")
    assert list(texts(database, lost)) == [
        "Worker train-0@here stopped renewing its lease. Requeued; training starts again from the beginning."
    ]


def test_a_restarted_worker_requeues_the_runs_of_its_killed_process_only(database: Database) -> None:
    lost, of_another, renewed = queue(database), queue(database), queue(database)
    old, _, living = (must_claim(database) for _ in range(3))
    with database.write() as session:
        session.get_one(Run, of_another).worker = "train-1@here"
        started = database_time(session) + 1
        for run_id in (lost, of_another, renewed):
            session.get_one(Run, run_id).heartbeat_at = started - 1
    with database.write() as session:
        session.get_one(Run, renewed).heartbeat_at = started + 0.001

    with database.write() as session:
        events = leases.release_predecessor(session, "train-0@here", started)

    assert [(event.run, event.kind) for event in events] == [(lost, "log"), (lost, "status")]
    assert [read(database, run_id).status for run_id in (lost, of_another, renewed)] == ["queued", *["preparing"] * 2]
    assert list(texts(database, lost)) == [
        "Worker train-0@here was restarted. Requeued; training starts again from the beginning."
    ]
    with database.write() as session, pytest.raises(Fenced):
        leases.fence(session, old)
    with database.write() as session:
        assert leases.fence(session, living).claims == 1


def test_three_lost_trainers_without_an_epoch_fail_the_run(database: Database) -> None:
    run_id = queue(database)
    for _ in range(3):
        lease = must_claim(database)
        with database.write() as session:
            leases.release(session, lease, "Trainer process killed (SIGKILL)")

    run = read(database, run_id)
    assert run.status == "failed"
    assert run.error is not None
    assert run.error["title"] == "The trainer was lost three times"
    assert "Trainer process killed (SIGKILL)" in run.error["detail"]
    assert claim(database) is None


def test_a_worker_that_shuts_down_does_not_count_a_claim(database: Database) -> None:
    run_id = queue(database)
    for _ in range(5):
        lease = must_claim(database)
        with database.write() as session:
            leases.release(session, lease, "The worker was shut down", count_claim=False)

    assert (read(database, run_id).status, read(database, run_id).claims) == ("queued", 0)


def test_a_shutdown_after_a_saved_epoch_does_not_add_claims(database: Database) -> None:
    run_id = queue(database)
    lease = must_claim(database)
    with database.write() as session:
        session.execute(update(Run).values(claims=0))  # as a saved epoch leaves it
        leases.release(session, lease, "The worker was shut down", count_claim=False)

    assert read(database, run_id).claims == 0


def test_a_run_that_no_trainer_has_begun_goes_back_as_it_was(database: Database) -> None:
    first, second = queue(database), queue(database)
    with database.write() as session:
        session.execute(update(Run).where(Run.id == first).values(claims=2, attempt=5))
    lease = must_claim(database)

    with database.write() as session:
        leases.give_back(session, lease, "The slot can't start a trainer")

    run = read(database, first)
    assert (run.status, run.claims, run.attempt, run.lease) == ("queued", 2, 5, lease.number)
    assert list(texts(database, first)) == ["The slot can't start a trainer. The run waits for a worker."]
    assert [must_claim(database).run_id for _ in range(2)] == [first, second], "it keeps its place"


def test_a_run_that_never_began_has_no_start(database: Database) -> None:
    run_id = queue(database)
    lease = must_claim(database)

    with database.write() as session:
        leases.give_back(session, lease, "The slot can't start a trainer")

    assert (read(database, run_id).started_at, read(database, run_id).attempt) == (None, 0)


def test_a_stall_is_shown_until_the_trainer_goes_on(database: Database) -> None:
    run_id = queue(database)
    lease = must_claim(database)

    with database.write() as session:
        leases.report_stall(session, lease, 12.0, "No progress for 12.0 s")
        now = database_time(session)
    stalled_since = read(database, run_id).stalled_since
    with database.write() as session:
        leases.report_stall(session, lease, None, "")

    assert stalled_since is not None
    assert 11.9 < now - stalled_since < 12.1
    assert read(database, run_id).stalled_since is None
    assert list(texts(database, run_id)) == ["No progress for 12.0 s", "The trainer goes on"]


def test_three_stalls_without_an_epoch_fail_the_run_and_count_no_claim(database: Database) -> None:
    run_id = queue(database)
    for _ in range(3):
        lease = must_claim(database)
        with database.write() as session:
            leases.report_stall(session, lease, 12.0, "No progress")
            leases.release_stalled(session, lease, "No progress for 120.0 s")

    run = read(database, run_id)
    assert (run.status, run.claims, run.stalls, run.stalled_since) == ("failed", 0, 3, None)
    assert run.error is not None
    assert run.error["title"] == "The trainer stalled three times"
    assert "after epoch 0. The last one: No progress for 120.0 s." in run.error["detail"]
