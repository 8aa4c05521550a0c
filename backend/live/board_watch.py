"""Tells open pages what nothing else announces: workers that come, go or change, and datasets that are prepared."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal

from anyio import create_task_group
from starlette.concurrency import run_in_threadpool

from backend.datasets import registry
from backend.datasets.schemas import DatasetState
from backend.db.engine import Database
from backend.live.hub import Hub
from backend.periodic import repeat
from backend.runs.event_log import RunEvent
from backend.workers import WorkerRead, all_workers

LOOK_SECONDS = 2.0
LOOKS_BETWEEN_FIGURES = 5
FIGURES: Any = {
    "heartbeat_at": True,
    "slots": {"__all__": {"memory_used", "load", "paused_seconds"}},
}  # they change all the time: as long as nothing else does, they are sent with every fifth look


class BoardWatch:
    """Reads the workers and datasets while a page is open, and sends an event if they differ from those before."""

    def __init__(self, hub: Hub, database: Database, lease_seconds: float) -> None:
        self._hub = hub
        self._database = database
        self._lease_seconds = lease_seconds
        self._looks = 0
        self._workers: list[WorkerRead] | None = None  # as they were announced
        self._datasets: list[DatasetState] = []

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watches for the duration of the block."""
        async with create_task_group() as tasks:
            tasks.start_soon(repeat, LOOK_SECONDS, self.look)
            yield
            tasks.cancel_scope.cancel()

    async def look(self) -> None:
        """Announces what has changed since the last look to all pages, and the workers if it is the first one."""
        if not self._hub.has_board_subscribers():
            self._workers, self._datasets = None, []
            return
        workers, datasets = await run_in_threadpool(self._read)
        self._looks += 1
        if self._have_changed(workers):
            self._workers = workers
            self._announce("workers", workers)
        if datasets != self._datasets:
            before, self._datasets = self._datasets, datasets
            news = [dataset for dataset in datasets if dataset.status == "preparing" or dataset not in before]
            self._announce("datasets", news)

    def _read(self) -> tuple[list[WorkerRead], list[DatasetState]]:
        with self._database.read() as session:
            return all_workers(session, self._lease_seconds), registry.dataset_states(session)

    def _have_changed(self, workers: list[WorkerRead]) -> bool:
        if self._workers is None or _states(workers) != _states(self._workers):
            return True
        return self._looks % LOOKS_BETWEEN_FIGURES == 0 and workers != self._workers

    def _announce(
        self, kind: Literal["workers", "datasets"], items: Sequence[WorkerRead] | Sequence[DatasetState]
    ) -> None:
        self._hub.announce(RunEvent("", None, kind, {"items": [item.model_dump(mode="json") for item in items]}))


def _states(workers: Sequence[WorkerRead]) -> list[Any]:
    """Returns what is compared of each worker: all but figures, and whether each slot is paused."""
    return [
        (worker.model_dump(exclude=FIGURES), [slot.paused_seconds is None for slot in worker.slots])
        for worker in workers
    ]
