"""Periodic tasks of the service: requeue runs with an expired lease, remove stale files, keep the runs table ready."""

import contextlib
import time
from collections.abc import AsyncIterator
from functools import partial

from anyio import create_task_group
from starlette.concurrency import run_in_threadpool

from backend.db.engine import Database
from backend.lifecycle import leases, orphans
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.periodic import repeat
from backend.runs.table.columns.changes import forget_old_changes
from backend.runs.table.columns.loaded import keep_loaded
from backend.settings import Settings

TABLE_SECONDS = 60.0  # within it, a busy board changes a hundredth of what its log keeps
OUTAGE_SHARE = 1 / 2  # of a lease: a shorter outage of the database lets no lease expire


class Housekeeping:
    """Runs the reaper, the sweeper and the keeper of the runs table as background tasks."""

    def __init__(self, settings: Settings, database: Database, redis_stream: RedisStream, wakeups: Wakeups) -> None:
        self._settings = settings
        self._database = database
        self._redis_stream = redis_stream
        self._wakeups = wakeups
        self._reaped_at = time.monotonic()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs the tasks for the duration of the block."""
        async with create_task_group() as tasks:
            tasks.start_soon(repeat, self._settings.reaper_seconds, partial(run_in_threadpool, self.reap))
            tasks.start_soon(repeat, self._settings.sweeper_seconds, partial(run_in_threadpool, self.sweep))
            tasks.start_soon(repeat, TABLE_SECONDS, partial(run_in_threadpool, self.keep_table))
            yield
            tasks.cancel_scope.cancel()

    def reap(self) -> None:
        """Requeues runs whose lease has expired and sends a wake-up for each."""
        with self._database.write() as session:
            events = leases.reap(session, self._outage_seconds())
        self._redis_stream.publish(events)
        for run_id in dict.fromkeys(event.run for event in events):
            self._wakeups.train(run_id)

    def _outage_seconds(self) -> float:
        """Returns the time since the last pass, if it is so long that leases may have expired only for that reason."""
        before, self._reaped_at = self._reaped_at, time.monotonic()
        seconds = self._reaped_at - before
        return seconds if seconds > OUTAGE_SHARE * self._settings.lease_seconds else 0.0

    def sweep(self) -> None:
        """Removes files that no row names and that were last written an hour ago or earlier."""
        orphans.remove_orphans(self._database, self._settings.data_dir)

    def keep_table(self) -> None:
        """Deletes old entries of the log of changed runs, and keeps many runs in memory before they are listed."""
        forget_old_changes(self._database)  # first: after a restore the log has entries of another server
        keep_loaded(self._database)
