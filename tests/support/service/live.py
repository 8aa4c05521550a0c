"""Helpers for tests of live events: queue runs without HTTP, and receive what a hub delivers."""

import asyncio
from collections.abc import Callable

from backend.db.engine import Database
from backend.live.hub import Hub
from backend.runs.create import queue_new_run
from backend.runs.event_log import RunEvent
from backend.runs.schemas import RunCreate

TIMEOUT_SECONDS = 5


def queue_run(database: Database, name: str = "a run") -> str:
    with database.write() as session:
        return queue_new_run(session, RunCreate(recipe="digits-quick", name=name))[0].id


def received(hub: Hub, act: Callable[[], object], count: int, run_id: str | None = None) -> list[RunEvent]:
    """Runs the hub, calls `act`, and returns the next `count` events of one run, or of the board."""

    async def receive() -> list[RunEvent]:
        async with hub.running():
            with hub.subscribe(run_id) as subscriber:
                events = aiter(subscriber)
                await asyncio.sleep(0.2)  # until Redis is connected, where there is one
                await asyncio.to_thread(act)
                return [await asyncio.wait_for(anext(events), TIMEOUT_SECONDS) for _ in range(count)]

    return asyncio.run(receive())
