"""Concurrent operations: writers of one run, requests with one key, a trainer and the reaper."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.db.models import Event
from backend.lifecycle import leases
from backend.lifecycle.leases import Fenced, Lease
from backend.runs.create import queue_new_run
from backend.runs.event_log import record_log
from backend.runs.read import get_run
from backend.runs.schemas import RunCreate

WRITERS, LINES = 6, 15


def run_at_once(functions: list[Callable[[], Any]]) -> list[Any]:
    """Calls all functions at the same moment, each in its own thread, and returns their results in order."""
    barrier = threading.Barrier(len(functions))
    results: list[Any] = [None] * len(functions)

    def call(position: int) -> None:
        barrier.wait()
        results[position] = functions[position]()

    threads = [threading.Thread(target=call, args=(position,)) for position in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def queue(database: Database) -> str:
    with database.write() as session:
        run, _ = queue_new_run(session, RunCreate(recipe="digits-quick"))
    return run.id


def claim(database: Database, seconds: float = 30) -> Lease | None:
    with database.write() as session:
        claimed = leases.claim(session, "train-0@here", "cpu-0", seconds)
    return claimed[0] if claimed else None


def event_numbers(database: Database, run_id: str) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(Event.seq).where(Event.run_id == run_id).order_by(Event.seq)))


def test_many_writers_number_the_events_of_a_run_without_a_gap(database: Database) -> None:
    run_id = queue(database)

    def write() -> None:
        for line in range(LINES):
            with database.write() as session:
                record_log(session, get_run(session, run_id, lock=True), f"line {line}")

    run_at_once([write] * WRITERS)

    assert event_numbers(database, run_id) == list(range(1, 2 + WRITERS * LINES))


def test_a_failed_transaction_uses_up_no_number(database: Database) -> None:
    run_id = queue(database)

    with pytest.raises(ZeroDivisionError):
        write_and_fail(database, run_id)
    with database.write() as session:
        record_log(session, get_run(session, run_id, lock=True), "committed")

    assert event_numbers(database, run_id) == [1, 2]


def write_and_fail(database: Database, run_id: str) -> None:
    with database.write() as session:
        record_log(session, get_run(session, run_id, lock=True), "rolled back")
        raise ZeroDivisionError


def test_one_of_two_concurrent_claims_wins(database: Database) -> None:
    for _ in range(10):
        run_id = queue(database)
        leases_won = [lease for lease in run_at_once([lambda: claim(database)] * 2) if lease]
        assert leases_won == [Lease(run_id, 1)]


def test_twenty_wake_ups_for_one_run_make_one_claim(database: Database) -> None:
    run_id = queue(database)

    leases_won = [claim(database) for _ in range(20)]

    assert leases_won == [Lease(run_id, 1)] + [None] * 19


def test_the_reaper_and_a_late_trainer_do_not_both_win(database: Database) -> None:
    for _ in range(10):
        run_id = queue(database)
        lease = claim(database, seconds=-1)
        assert lease is not None

        write_result, reaped = run_at_once([partial(write_under, database, lease), partial(reap, database)])

        assert write_result in ("written", "fenced")
        if not reaped:  # the reaper skips a locked row until its next turn
            assert write_result == "written"
            assert reap(database) == 2
        with database.read() as session:
            assert get_run(session, run_id).status == "queued"
        fail_queued_run(database)


def write_under(database: Database, lease: Lease) -> str:
    try:
        with database.write() as session:
            record_log(session, leases.fence(session, lease), "late line")
    except Fenced:
        return "fenced"
    return "written"


def reap(database: Database) -> int:
    with database.write() as session:
        return len(leases.reap(session))


def fail_queued_run(database: Database) -> None:
    lease = claim(database)
    assert lease is not None
    with database.write() as session:
        leases.fence(session, lease).status = "failed"


def test_concurrent_requests_with_one_key_create_one_run(client: TestClient) -> None:
    headers = {"Idempotency-Key": "only once"}

    def launch() -> Any:
        return client.post("/api/runs", json={"recipe": "digits-quick"}, headers=headers)

    responses = run_at_once([launch] * 5)

    assert [response.status_code for response in responses] == [201] * 5
    assert len({response.json()["id"] for response in responses}) == 1
    assert client.get("/api/runs").json()["total"] == 1
