"""Pages are told when workers come, go or change, and not of each heartbeat."""

import asyncio

import pytest
from sqlalchemy import update

from backend import workers
from backend.db.engine import Database
from backend.db.models import Worker
from backend.live.hub import Hub
from backend.live.worker_watch import WorkerWatch
from backend.workers import Slot
from tests.conftest import NO_REDIS


def report(database: Database, **slot: object) -> None:
    with database.write() as session:
        workers.report(
            session, "train-1", "box", [Slot.model_validate({"name": "cpu-0", "kind": "cpu", "device": "CPU", **slot})]
        )


def lose(database: Database) -> None:
    with database.write() as session:
        session.execute(update(Worker).values(heartbeat_at=Worker.heartbeat_at - 60))


def test_a_worker_is_announced_when_it_comes_changes_or_is_lost(database: Database) -> None:
    hub = Hub(database, NO_REDIS)
    watch = WorkerWatch(hub, database, lease_seconds=30)

    async def announced() -> list[list[str]]:
        with hub.subscribe() as subscriber, hub.subscribe("a-run") as of_a_run:
            for change in (
                lambda: report(database),
                lambda: report(database, memory_used=5, paused_seconds=None),  # a heartbeat
                lambda: report(database, paused_seconds=60.0),
                lambda: report(database, paused_seconds=55.0),
                lambda: lose(database),
            ):
                await asyncio.to_thread(change)
                await watch.look()
            hub.close()
            assert [event async for event in of_a_run] == []
            return [[worker["state"] for worker in event.payload["items"]] async for event in subscriber]

    assert asyncio.run(announced()) == [["alive"], ["alive"], ["lost"]]


def test_workers_are_not_read_while_no_page_is_open(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = WorkerWatch(Hub(database, NO_REDIS), database, lease_seconds=30)
    monkeypatch.setattr(WorkerWatch, "_read", lambda _watch: pytest.fail("read"))

    asyncio.run(watch.look())
