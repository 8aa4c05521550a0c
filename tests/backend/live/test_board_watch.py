"""Pages get an event when workers come, go or change, not for each heartbeat, and while datasets are prepared."""

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from backend import workers
from backend.datasets import registry
from backend.db.engine import Database
from backend.db.models import Worker
from backend.live.board_watch import LOOKS_BETWEEN_FIGURES, BoardWatch
from backend.live.hub import Hub
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
    watch = BoardWatch(hub, database, lease_seconds=30)

    async def announced() -> list[list[str]]:
        with hub.subscribe() as subscriber, hub.subscribe("a-run") as of_a_run:
            for change in (
                lambda: report(database),
                lambda: report(database, memory_used=5, load=0.3, paused_seconds=None),  # a heartbeat
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


def test_heartbeats_and_memory_are_announced_now_and_then(database: Database) -> None:
    hub = Hub(database, NO_REDIS)
    watch = BoardWatch(hub, database, lease_seconds=30)

    async def memory() -> list[int]:
        with hub.subscribe() as subscriber:
            for used in range(2 * LOOKS_BETWEEN_FIGURES):
                await asyncio.to_thread(partial(report, database, memory_used=used))
                await watch.look()
            hub.close()
            return [event.payload["items"][0]["slots"][0]["memory_used"] async for event in subscriber]

    assert asyncio.run(memory()) == [0, 4, 9]


def test_a_dataset_is_announced_while_it_is_prepared_and_as_it_ends(database: Database) -> None:
    hub = Hub(database, NO_REDIS)
    watch = BoardWatch(hub, database, lease_seconds=30)

    def prepare(done: int | None) -> None:
        with database.write() as session:
            row = registry.mark_preparing(session, "mnist")
            if done is None:
                registry.mark_failed(row, "No network.")
            else:
                registry.touch(session, row, {"text": "Fetching", "done": done, "total": 9, "unit": "bytes"})

    async def announced() -> list[list[tuple[str, int | None]]]:
        with hub.subscribe() as subscriber:
            for done in (1, 1, 5, None, None):
                await asyncio.to_thread(prepare, done)
                await watch.look()
            hub.close()
            return [states(event.payload["items"]) async for event in subscriber if event.kind == "datasets"]

    def states(items: list[dict[str, Any]]) -> list[tuple[str, int | None]]:
        return [(item["status"], item["progress"] and item["progress"]["done"]) for item in items]

    assert asyncio.run(announced()) == [[("preparing", 1)], [("preparing", 5)], [("failed", None)]]


def test_a_dataset_that_is_prepared_between_two_looks_is_announced(database: Database) -> None:
    hub = Hub(database, NO_REDIS)
    watch = BoardWatch(hub, database, lease_seconds=30)

    def fail() -> None:
        with database.write() as session:
            registry.mark_failed(registry.mark_preparing(session, "mnist"), "No network.")

    async def announced() -> list[list[tuple[str, str]]]:
        with hub.subscribe() as subscriber:
            await watch.look()
            await asyncio.to_thread(fail)
            await watch.look()
            hub.close()
            events = [event.payload["items"] async for event in subscriber if event.kind == "datasets"]
            return [[(item["name"], item["status"]) for item in items] for items in events]

    assert asyncio.run(announced()) == [[("mnist", "failed")]]


def test_nothing_is_read_while_no_page_is_open(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = BoardWatch(Hub(database, NO_REDIS), database, lease_seconds=30)
    monkeypatch.setattr(BoardWatch, "_read", lambda _watch: pytest.fail("read"))

    asyncio.run(watch.look())
