"""Two at once: writers of one run, requests with one key, a claim against the reaper."""

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


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """The results of all, begun at the same moment by a thread each, in the order of `works`."""
    begin = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def call(place: int) -> None:
        begin.wait()
        results[place] = works[place]()

    threads = [threading.Thread(target=call, args=(place,)) for place in range(len(works))]
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


def numbers(database: Database, run_id: str) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(Event.seq).where(Event.run_id == run_id).order_by(Event.seq)))


def test_many_writers_number_a_runs_events_without_a_gap(database: Database) -> None:
    run_id = queue(database)

    def write() -> None:
        for line in range(LINES):
            with database.write() as session:
                record_log(session, get_run(session, run_id, lock=True), f"line {line}")

    at_once([write] * WRITERS)

    assert numbers(database, run_id) == list(range(1, 2 + WRITERS * LINES))


def test_a_transaction_that_fails_uses_up_no_number(database: Database) -> None:
    run_id = queue(database)

    with pytest.raises(ZeroDivisionError):
        write_and_fail(database, run_id)
    with database.write() as session:
        record_log(session, get_run(session, run_id, lock=True), "said")

    assert numbers(database, run_id) == [1, 2]


def write_and_fail(database: Database, run_id: str) -> None:
    with database.write() as session:
        record_log(session, get_run(session, run_id, lock=True), "never said")
        raise ZeroDivisionError


def test_two_claims_at_once_and_one_wins(database: Database) -> None:
    for _ in range(10):
        run_id = queue(database)
        won = [lease for lease in at_once([lambda: claim(database)] * 2) if lease]
        assert won == [Lease(run_id, 1)]


def test_twenty_wake_ups_for_one_run_are_one_claim(database: Database) -> None:
    run_id = queue(database)

    won = [claim(database) for _ in range(20)]

    assert won == [Lease(run_id, 1)] + [None] * 19


def test_the_reaper_and_a_late_trainer_don_t_both_win(database: Database) -> None:
    for _ in range(10):
        run_id = queue(database)
        lease = claim(database, seconds=-1)
        assert lease is not None

        told, reaped = at_once([partial(write_under, database, lease), partial(reap, database)])

        assert told in ("written", "fenced")
        if not reaped:  # the reaper leaves alone a row that somebody writes just now, until its next turn
            assert told == "written"
            assert reap(database) == 2
        with database.read() as session:
            assert get_run(session, run_id).status == "queued"
        must_end(database)


def write_under(database: Database, lease: Lease) -> str:
    try:
        with database.write() as session:
            record_log(session, leases.fence(session, lease), "late news")
    except Fenced:
        return "fenced"
    return "written"


def reap(database: Database) -> int:
    with database.write() as session:
        return len(leases.reap(session))


def must_end(database: Database) -> None:
    lease = claim(database)
    assert lease is not None
    with database.write() as session:
        leases.fence(session, lease).status = "failed"


def test_requests_at_once_with_one_key_make_one_run(client: TestClient) -> None:
    headers = {"Idempotency-Key": "only once"}

    def launch() -> Any:
        return client.post("/api/runs", json={"recipe": "digits-quick"}, headers=headers)

    answers = at_once([launch] * 5)

    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert client.get("/api/runs").json()["total"] == 1
