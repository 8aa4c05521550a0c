"""Runs the jobs of one table in this process, one at a time, so that the other threads stay free."""

import threading
from collections.abc import Callable
from typing import Any

from backend.db.engine import Database, open_database
from backend.settings import Settings
from worker.best_model_jobs import claimed_job
from worker.best_model_jobs.claimed_job import ClaimedJob

ClaimNext = Callable[[Settings, Database], ClaimedJob[Any] | None]


class JobQueue:
    """`claim_next` claims a row and links the files that its job reads."""

    def __init__(self, claim_next: ClaimNext) -> None:
        self._claim_next = claim_next
        self._lock = threading.Lock()

    def run_all(self, settings: Settings) -> None:
        """Runs all requested jobs; returns at once if another thread of this process does so."""
        if not self._lock.acquire(blocking=False):
            return
        database = open_database(settings)
        try:
            while not claimed_job.stopping.is_set() and (job := self._claim_next(settings, database)) is not None:
                job.run()
        finally:
            database.engine.dispose()
            self._lock.release()
