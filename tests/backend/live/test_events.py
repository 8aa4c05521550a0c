"""A run's events: numbered with what they tell of, sent on after it, followed without a hole or a repeat."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from backend.db.engine import Database
from backend.lifecycle import leases
from backend.lifecycle.leases import Lease
from backend.live import hub as hub_module
from backend.live.hub import Hub, Listener
from backend.live.redis_stream import RedisStream
from backend.live.run_stream import stream_run
from backend.runs.create import queue_new_run
from backend.runs.event_log import RunEvent, record_log, record_status, stored_events
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from tests.support.valkey_server import Server

SECONDS = 10


def held_run(database: Database) -> Lease:
    with database.write() as session:
        queue_new_run(session, RunCreate(recipe="digits-quick"))
        claimed = leases.claim(session, "w", "cpu-0", 30)
    assert claimed is not None
    return claimed[0]


def write(database: Database, lease: Lease, *texts: str) -> list[RunEvent]:
    with database.write() as session:
        run = leases.fence(session, lease)
        return [record_log(session, run, text) for text in texts]


def end(database: Database, lease: Lease) -> list[RunEvent]:
    with database.write() as session:
        run = leases.fence(session, lease)
        run.status, run.ended_by = "finished", "epochs"
        return [record_status(session, run)]


async def collect(hub: Hub, database: Database, lease: Lease, after: int = 0) -> list[RunEvent]:
    return [event async for event in stream_run(hub, database, lease.run_id, after)]


def numbers(events: list[RunEvent]) -> list[int | None]:
    return [event.seq for event in events]


def run_async(test: Callable[[], Awaitable[Any]]) -> Any:
    async def limited() -> Any:
        return await asyncio.wait_for(test(), SECONDS)

    return asyncio.run(limited())


def test_events_of_a_run_are_numbered_from_one(database: Database) -> None:
    lease = held_run(database)
    write(database, lease, "a", "b")

    with database.read() as session:
        events = stored_events(session, lease.run_id, 0)

    assert [(event.seq, event.kind) for event in events] == [(1, "status"), (2, "status"), (3, "log"), (4, "log")]
    assert events[0].payload["status"] == "queued"


def test_a_follower_gets_the_past_the_present_and_the_end(database: Database, valkey: Server) -> None:
    lease = held_run(database)
    wire = RedisStream(valkey.url)

    async def follow_a_run() -> list[RunEvent]:
        hub = Hub(database, valkey.url)
        async with hub.running():
            reading = asyncio.create_task(collect(hub, database, lease))
            await asyncio.sleep(0.3)
            wire.publish(write(database, lease, "live"))
            wire.progress(lease.run_id, {"epoch": 1, "batch": 2, "batches": 3, "metrics": {}})
            await asyncio.sleep(0.2)
            wire.publish(end(database, lease))
            return await reading

    events = run_async(follow_a_run)

    assert [event.kind for event in events] == ["status", "status", "log", "progress", "status", "end"]
    assert numbers(events) == [1, 2, 3, None, 4, None]
    assert events[-1].payload == {"status": "finished"}


@pytest.mark.parametrize("after", range(5))
def test_a_follower_goes_on_after_any_number(database: Database, settings: Settings, after: int) -> None:
    lease = held_run(database)
    write(database, lease, "a")
    end(database, lease)

    events = run_async(lambda: collect(Hub(database, settings.wire_url), database, lease, after))

    assert numbers(events) == [*range(after + 1, 5), None]


def test_what_the_wire_never_carried_comes_from_the_database(
    database: Database, valkey: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "POLL_SECONDS_AWAY", 0.1)
    monkeypatch.setattr(hub_module, "POLL_SECONDS", 0.2)
    lease = held_run(database)
    wire = RedisStream(valkey.url)

    async def follow_through_an_outage() -> list[RunEvent]:
        hub = Hub(database, valkey.url)
        async with hub.running():
            reading = asyncio.create_task(collect(hub, database, lease))
            await asyncio.sleep(0.3)
            valkey.kill()
            wire.publish(write(database, lease, "unheard", "unheard too"))
            await asyncio.sleep(0.5)
            await asyncio.to_thread(valkey.start)
            valkey.wipe()
            RedisStream(valkey.url).publish(write(database, lease, "heard"))
            RedisStream(valkey.url).publish(end(database, lease))
            return await reading

    events = run_async(follow_through_an_outage)

    assert numbers(events) == [1, 2, 3, 4, 5, 6, None]
    assert [event.payload.get("text") for event in events[2:5]] == ["unheard", "unheard too", "heard"]


def test_a_hole_that_the_wire_left_is_filled_before_what_comes_next(database: Database, valkey: Server) -> None:
    lease = held_run(database)

    async def lose_one() -> list[RunEvent]:
        hub = Hub(database, valkey.url)
        reading = asyncio.create_task(collect(hub, database, lease))
        await asyncio.sleep(0.3)
        write(database, lease, "never sent")
        (heard,) = write(database, lease, "heard")
        hub._hand_on(heard)  # as when the hub meets the run with this event
        (last,) = end(database, lease)
        hub._hand_on(last)
        return await reading

    assert numbers(run_async(lose_one)) == [1, 2, 3, 4, 5, None]


def test_the_hub_outlives_a_database_that_fails(
    database: Database, valkey: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "POLL_SECONDS", 0.1)
    lease = held_run(database)
    failures: list[int] = []

    async def fail_for_a_while() -> list[RunEvent]:
        hub = Hub(database, valkey.url)
        active = hub._active

        def failing(also: list[str]) -> list[tuple[str, int]]:
            if len(failures) < 3:
                failures.append(1)
                raise RuntimeError("the pool is empty")
            return active(also)

        async with hub.running():
            monkeypatch.setattr(hub, "_active", failing)
            reading = asyncio.create_task(collect(hub, database, lease))
            await asyncio.sleep(0.6)
            end(database, lease)  # nobody sends it: the poll has to find it
            return await reading

    assert numbers(run_async(fail_for_a_while)) == [1, 2, 3, None]
    assert len(failures) == 3


def test_sending_an_event_twice_shows_it_once(database: Database, valkey: Server) -> None:
    lease = held_run(database)
    wire = RedisStream(valkey.url)

    async def send_twice() -> list[RunEvent]:
        hub = Hub(database, valkey.url)
        async with hub.running():
            reading = asyncio.create_task(collect(hub, database, lease, after=2))
            await asyncio.sleep(0.3)
            for event in write(database, lease, "once"):
                wire.publish([event, event])
            RedisStream(valkey.url).publish(end(database, lease))
            return await reading

    assert numbers(run_async(send_twice)) == [3, 4, None]


def test_a_listener_that_is_never_read_is_closed_and_ends() -> None:
    async def fill() -> list[RunEvent]:
        listener = Listener("r")
        for number in range(1, 1000):
            listener.put(RunEvent("r", number, "log", {}))
        return [event async for event in listener]

    events = run_async(fill)

    assert numbers(events) == list(range(1, len(events) + 1))
    assert len(events) == hub_module.QUEUE_LENGTH - 1


def test_sending_never_raises_while_redis_is_away(settings: Settings) -> None:
    wire = RedisStream(settings.wire_url)

    wire.publish([RunEvent("r", 1, "log", {"text": "hello"})])
    wire.progress("r", {"epoch": 1})
