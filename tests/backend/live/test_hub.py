"""The hub follows the streams of claimed runs only; events of all others reach it by the board and the database."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from backend.db.engine import Database
from backend.db.models import Event
from backend.lifecycle import leases
from backend.live import hub as hub_module
from backend.live.hub import Hub
from backend.live.redis_stream import BOARD, RedisStream
from backend.runs.change import update_run
from backend.runs.event_log import RunEvent
from backend.runs.schemas import RunChange
from backend.settings import Settings
from tests.support.service.live import queue_run, received
from tests.support.storage.valkey_server import Server


def rename(database: Database, run_id: str, name: str) -> list[RunEvent]:
    with database.write() as session:
        return update_run(session, run_id, RunChange(name=name))[1]


def names(events: list[RunEvent]) -> list[str]:
    return [event.payload["name"] for event in events]


def test_only_claimed_runs_are_followed(database: Database, valkey: Server) -> None:
    for _ in range(5):
        queue_run(database)
    with database.write() as session:
        claimed = leases.claim(session, "w", "cpu-0", 30)
    assert claimed is not None
    hub, (lease, _events) = Hub(database, valkey.url), claimed

    def claim_another() -> None:
        with database.write() as session:
            second = leases.claim(session, "w", "gpu-0", 30)
        assert second is not None
        RedisStream(valkey.url).publish(second[1])

    events = received(hub, claim_another, 1)

    assert hub._positions.keys() == {BOARD, f"run:{lease.run_id}", f"run:{events[0].run}"}


def test_a_subscriber_to_a_queued_run_gets_its_changes_at_once(
    database: Database, valkey: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "POLL_SECONDS", 60)
    run_id = queue_run(database)

    events = received(
        Hub(database, valkey.url), lambda: RedisStream(valkey.url).publish(rename(database, run_id, "new")), 1, run_id
    )

    assert names(events) == ["new"]


def test_changes_of_queued_runs_arrive_while_redis_is_away(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "POLL_SECONDS_WITHOUT_REDIS", 0.1)
    run_id = queue_run(database)

    def change() -> None:
        rename(database, run_id, "renamed")
        queue_run(database, "another")

    events = received(Hub(database, settings.broker_url), change, 2)

    assert sorted(names(events)) == ["another", "renamed"]


def test_an_outage_of_the_database_is_logged_in_one_line_and_its_events_arrive_afterwards(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub_module, "POLL_SECONDS_WITHOUT_REDIS", 0.1)
    run_id = queue_run(database)
    hub = Hub(database, settings.broker_url)
    errors, poll = iter([OperationalError("SELECT 1", {}, Exception("connection refused"))]), hub._poll

    async def fail_once() -> None:
        for error in errors:
            raise error
        await poll()

    monkeypatch.setattr(hub, "_poll", fail_once)
    events = received(hub, lambda: rename(database, run_id, "meanwhile"), 1)

    assert names(events) == ["meanwhile"]
    assert "The database did not answer (connection refused); its events are looked for again" in caplog.messages
    assert [record.exc_info for record in caplog.records if record.exc_info] == []


def test_old_events_of_a_forgotten_run_are_not_repeated(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "POLL_SECONDS_WITHOUT_REDIS", 0.1)
    run_id = queue_run(database)
    rename(database, run_id, "an hour ago")
    with database.write() as session:
        session.execute(update(Event).values(time=Event.time - 3_600))
    hub = Hub(database, settings.broker_url)

    events = received(hub, lambda: rename(database, run_id, "now"), 1)

    assert names(events) == ["now"]
    hub._forget(dict(hub._last_seq), ())
    assert hub._last_seq == {}


def test_a_deletion_is_announced_on_the_board(database: Database, valkey: Server) -> None:
    run_id = queue_run(database)

    events = received(Hub(database, valkey.url), lambda: RedisStream(valkey.url).deleted([run_id]), 1)

    assert [(event.kind, event.run, event.seq) for event in events] == [("deleted", run_id, None)]
