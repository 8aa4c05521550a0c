"""Announces on the board's stream when workers come, go or change, so that pages need not ask for them again and again.

A lost worker announces nothing, and a heartbeat is no event: the service compares their rows, once for all pages.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

from anyio import create_task_group
from starlette.concurrency import run_in_threadpool

from backend.db.engine import Database
from backend.live.hub import Hub
from backend.runs.event_log import RunEvent
from backend.workers import WorkerRead, all_workers

LOOK_SECONDS = 2.0
FIGURES: Any = {
    "heartbeat_at": True,
    "slots": {"__all__": {"memory_used", "paused_seconds"}},
}  # they change all the time

log = logging.getLogger(__name__)


class WorkerWatch:
    """Reads the workers while a page is open, and sends a `workers` event if they differ from those before."""

    def __init__(self, hub: Hub, database: Database, lease_seconds: float) -> None:
        self._hub = hub
        self._database = database
        self._lease_seconds = lease_seconds
        self._before: list[Any] | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watches for the duration of the block."""
        async with create_task_group() as tasks:
            tasks.start_soon(self._loop)
            yield
            tasks.cancel_scope.cancel()

    async def _loop(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:
                log.exception("Reading the workers failed; trying again")

    async def look(self) -> None:
        """Announces the workers to all pages if they have changed since the last look, or if it is the first one."""
        if not self._hub.has_board_subscribers():
            self._before = None
            return
        workers = await run_in_threadpool(self._read)
        before, self._before = self._before, _states(workers)
        if before != self._before:
            items = [worker.model_dump(mode="json") for worker in workers]
            self._hub.announce(RunEvent("", None, "workers", {"items": items}))

    def _read(self) -> list[WorkerRead]:
        with self._database.read() as session:
            return all_workers(session, self._lease_seconds)


def _states(workers: Sequence[WorkerRead]) -> list[Any]:
    """Returns what is compared of each worker: all but figures, and whether each slot is paused."""
    return [
        (worker.model_dump(exclude=FIGURES), [slot.paused_seconds is None for slot in worker.slots])
        for worker in workers
    ]
