"""What the service does by itself: the reaper returns lost runs to the queue, the sweeper wakes the workers again."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from backend.artifacts import exports
from backend.datasets import registry, uploads
from backend.db.engine import Database
from backend.lifecycle import leases
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.settings import Settings

log = logging.getLogger(__name__)

WAKES_A_TURN = 4


class Housekeeping:
    def __init__(self, settings: Settings, database: Database, wire: RedisStream, jobs: Wakeups) -> None:
        self._settings = settings
        self._database = database
        self._wire = wire
        self._jobs = jobs

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Reap and sweep while the block runs."""
        tasks = [
            asyncio.create_task(_every(self._settings.reaper_seconds, self.reap)),
            asyncio.create_task(_every(self._settings.sweeper_seconds, self.sweep)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def reap(self) -> None:
        """Return runs whose lease has expired to the queue, and wake a worker for each."""
        with self._database.write() as session:
            events = leases.reap(session)
        self._wire.publish(events)
        for run_id in dict.fromkeys(event.run for event in events):
            self._jobs.wake(run_id)

    def sweep(self) -> None:
        """Wake a worker for what has waited a while: its first message may be lost.

        A worker goes on until no run waits, so that a few messages are enough, and they can't pile up behind long runs.
        """
        with self._database.write() as session:
            runs = leases.waiting(session, self._settings.sweeper_seconds)
            sets = registry.silent(session)
        with self._database.read() as session:
            wanted = exports.silent(session)
            uploads.sweep(session, self._settings.data_dir)
        for run_id in runs[:WAKES_A_TURN]:
            self._jobs.wake(run_id)
        for name in sets:
            self._jobs.prepare(name)
        for run_id, kind in wanted:
            self._jobs.export(run_id, kind)


async def _every(seconds: float, work: Callable[[], None]) -> None:
    while True:
        try:
            await run_in_threadpool(work)
        except SQLAlchemyError as error:
            log.warning("The database did not answer (%s); the next turn is in %g s", error, seconds)
        except Exception:
            log.exception("A turn failed; the next one is in %g s", seconds)
        await asyncio.sleep(seconds)
