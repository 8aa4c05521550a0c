"""Events of a run: numbered in their transaction, published after it, streamed without gap or repeat."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from backend.db.engine import Database
from backend.lifecycle import leases
from backend.lifecycle.leases import Lease
from backend.lifecycle.resuming import ResumeRequest, resume
from backend.lifecycle.stopping import stop
from backend.live import hub as hub_module
from backend.live.hub import Hub, Subscriber
from backend.live.redis_stream import RedisStream
from backend.live.run_stream import stream_run
from backend.runs.create import queue_new_run
from backend.runs.event_log import RunEvent, record_log, record_status, stored_events
from backend.runs.read import get_run
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from tests.support.storage.valkey_server import Server

TIMEOUT_SECONDS = 10


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
        return await asyncio.wait_for(test(), TIMEOUT_SECONDS)

    return asyncio.run(limited())


def test_events_of_a_run_are_numbered_from_one(database: Database) -> None:
    lease = held_run(database)
    write(database, lease, "a", "b")

    with database.read() as session:
        events = stored_events(session, lease.run_id, 0)

    assert [(event.seq, event.kind) for event in events] == [(1, "status"), (2, "status"), (3, "log"), (4, "log")]
    assert events[0].payload["status"] == "queued"


def test_a_subscriber_gets_stored_events_live_events_and_the_end(database: Database, valkey: Server) -> None:
    lease = held_run(database)
    redis_stream = RedisStream(valkey.url)

    async def read_the_stream() -> list[RunEvent]:
        hub = Hub(database, valkey.url)
        async with hub.running():
            reading = asyncio.create_task(collect(hub, database, lease))
            await asyncio.sleep(0.3)
            redis_stream.publish(write(database, lease, "live"))
            redis_stream.progress(lease.run_id, {"epoch": 1, "batch": 2, "batches": 3, "metrics": {}})
            await asyncio.sleep(0.2)
            redis_stream.publish(end(database, lease))
            return await reading

    events = run_async(read_the_stream)

    assert [event.kind for event in events] == ["status", "status", "log", "progress", "status", "end"]
    assert numbers(events) == [1, 2, 3, None, 4, None]
    assert events[-1].payload == {"status": "finished"}


@pytest.mark.parametrize("after", range(5))
def test_a_subscriber_resumes_after_any_number(database: Database, settings: Settings, after: int) -> None:
    lease = held_run(database)
    write(database, lease, "a")
    end(database, lease)

    events = run_async(lambda: collect(Hub(database, settings.broker_url), database, lease, after))

    assert numbers(events) == [*range(after + 1, 5), None]


def test_events_that_redis_never_carried_come_from_the_database(
    database: Database, valkey: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "POLL_SECONDS_WITHOUT_REDIS", 0.1)
    monkeypatch.setattr(hub_module, "POLL_SECONDS", 0.2)
    lease = held_run(database)
    redis_stream = RedisStream(valkey.url)

    async def read_during_an_outage() -> list[RunEvent]:
        hub = Hub(database, valkey.url)
        async with hub.running():
            reading = asyncio.create_task(collect(hub, database, lease))
            await asyncio.sleep(0.3)
            valkey.kill()
            redis_stream.publish(write(database, lease, "unsent", "unsent too"))
            await asyncio.sleep(0.5)
            await asyncio.to_thread(valkey.start)
            valkey.wipe()
            RedisStream(valkey.url).publish(write(database, lease, "sent"))
            RedisStream(valkey.url).publish(end(database, lease))
            return await reading

    events = run_async(read_during_an_outage)

    assert numbers(events) == [1, 2, 3, 4, 5, 6, None]
    assert [event.payload.get("text") for event in events[2:5]] == ["unsent", "unsent too", "sent"]


def test_a_run_that_is_resumed_before_its_end_is_sent_is_followed_on(database: Database, settings: Settings) -> None:
    lease = held_run(database)

    async def resume_before_the_stream_reads_the_end() -> list[RunEvent]:
        hub = Hub(database, settings.broker_url)
        reading = asyncio.create_task(collect(hub, database, lease))
        await asyncio.sleep(0.3)
        (ended,) = end(database, lease)
        with database.write() as session:
            _, resumed = resume(session, lease.run_id, ResumeRequest(epochs=90))
        for event in (ended, *resumed):
            hub._dispatch(event)
        with database.write() as session:
            ended_again = stop(session, lease.run_id, "kill")[1]
        for event in ended_again:
            hub._dispatch(event)
        return await reading

    events = run_async(resume_before_the_stream_reads_the_end)

    statuses = [event.payload["status"] for event in events if event.kind == "status"]
    assert statuses == ["queued", "preparing", "finished", "queued", "stopped"]
    assert [event.payload for event in events if event.kind == "end"] == [{"status": "stopped"}]
    assert numbers(events) == [*range(1, len(events)), None]


def test_an_event_after_the_last_status_comes_before_the_end(database: Database, settings: Settings) -> None:
    lease = held_run(database)

    async def rename_before_the_stream_reads_the_end() -> list[RunEvent]:
        hub = Hub(database, settings.broker_url)
        reading = asyncio.create_task(collect(hub, database, lease))
        await asyncio.sleep(0.3)
        (ended,) = end(database, lease)
        with database.write() as session:
            record_status(session, get_run(session, lease.run_id))  # as a new name does; Redis does not carry it
        hub._dispatch(ended)
        return await reading

    assert numbers(run_async(rename_before_the_stream_reads_the_end)) == [1, 2, 3, 4, None]


def test_a_gap_is_filled_before_the_next_event(database: Database, valkey: Server) -> None:
    lease = held_run(database)

    async def lose_one() -> list[RunEvent]:
        hub = Hub(database, valkey.url)
        reading = asyncio.create_task(collect(hub, database, lease))
        await asyncio.sleep(0.3)
        write(database, lease, "never sent")
        (event,) = write(database, lease, "sent")
        hub._dispatch(event)  # the first event of this run that the hub receives
        (last,) = end(database, lease)
        hub._dispatch(last)
        return await reading

    assert numbers(run_async(lose_one)) == [1, 2, 3, 4, 5, None]


def test_the_hub_survives_database_errors(database: Database, valkey: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "POLL_SECONDS", 0.1)
    lease = held_run(database)
    failures: list[int] = []

    async def fail_for_a_while() -> list[RunEvent]:
        hub = Hub(database, valkey.url)
        recent = hub._recent

        def failing() -> dict[str, tuple[int, int]]:
            if len(failures) < 3:
                failures.append(1)
                raise RuntimeError("the pool is empty")
            return recent()

        async with hub.running():
            monkeypatch.setattr(hub, "_recent", failing)
            reading = asyncio.create_task(collect(hub, database, lease))
            await asyncio.sleep(0.6)
            end(database, lease)  # not published: the poll has to find it
            return await reading

    assert numbers(run_async(fail_for_a_while)) == [1, 2, 3, None]
    assert len(failures) == 3


def test_an_event_published_twice_is_delivered_once(database: Database, valkey: Server) -> None:
    lease = held_run(database)
    redis_stream = RedisStream(valkey.url)

    async def send_twice() -> list[RunEvent]:
        hub = Hub(database, valkey.url)
        async with hub.running():
            reading = asyncio.create_task(collect(hub, database, lease, after=2))
            await asyncio.sleep(0.3)
            for event in write(database, lease, "once"):
                redis_stream.publish([event, event])
            RedisStream(valkey.url).publish(end(database, lease))
            return await reading

    assert numbers(run_async(send_twice)) == [3, 4, None]


def test_a_subscriber_that_is_never_read_is_closed() -> None:
    async def fill() -> list[RunEvent]:
        subscriber = Subscriber("r")
        for number in range(1, 1000):
            subscriber.put(RunEvent("r", number, "log", {}))
        return [event async for event in subscriber]

    events = run_async(fill)

    assert numbers(events) == list(range(1, len(events) + 1))
    assert len(events) == hub_module.QUEUE_LENGTH - 1


def test_publishing_never_raises_while_redis_does_not_answer(settings: Settings) -> None:
    redis_stream = RedisStream(settings.broker_url)

    redis_stream.publish([RunEvent("r", 1, "log", {"text": "hello"})])
    redis_stream.progress("r", {"epoch": 1})
