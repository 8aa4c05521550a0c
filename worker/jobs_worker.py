"""The jobs worker of a machine: datasets, exports, evaluations, studies, and an early start of the helper.

What only some jobs need, NumPy among it, is imported by the first of them: a board without any takes less memory.
"""

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import select

from backend.datasets import registry
from backend.db.engine import open_database
from backend.db.models import BestModelJob, Evaluation, Export, Study
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.runs.best_model_jobs import is_waiting
from backend.settings import Settings
from worker.best_model_jobs import claimed_job
from worker.datasets.preparing import MAX_CONCURRENT, prepare_dataset
from worker.helper.idle_starter import IdleStarter
from worker.helper.process import HelperProcess
from worker.polling import start_polling

if TYPE_CHECKING:
    from backend.studies.driver import StudyDriver

STUDY_SECONDS = 1.0  # a run that ends leaves one in the queue, so that its slot has time until the next look


class JobsWorker:
    """Does the jobs that its messages announce, and finds those in the database whose message was lost."""

    def __init__(self, settings: Settings, helper: HelperProcess) -> None:
        self._settings = settings
        self._database = open_database(settings)
        self._helper_starter = IdleStarter(settings, helper)
        self._stopping = threading.Event()

    def start(self) -> None:
        """Starts the threads, and prepares `digits`, whose images scikit-learn includes."""
        self._helper_starter.start()
        for look in (*[self._prepare_datasets] * MAX_CONCURRENT, self.make_exports, self.compute_evaluations):
            start_polling(look, self._settings.poll_seconds, self._stopping)
        start_polling(self._advance_studies, min(STUDY_SECONDS, self._settings.poll_seconds), self._stopping)
        with self._database.write() as session:
            registry.mark_preparing(session, "digits")

    def stop_accepting(self) -> None:
        """Starts no more jobs and releases the exports and evaluations in progress."""
        self._stopping.set()
        self._helper_starter.stop()
        claimed_job.stopping.set()

    def _prepare_datasets(self) -> None:
        with self._database.read() as session:
            names = registry.unclaimed(session, self._settings.lease_seconds)
        for name in names:
            prepare_dataset(self._settings, name)

    def make_exports(self) -> None:
        """Makes all requested exports."""
        if self._is_waiting(Export):
            from worker.exports.export_runner import export_queue

            export_queue.run_all(self._settings)

    def compute_evaluations(self) -> None:
        """Computes all requested evaluations."""
        if self._is_waiting(Evaluation):
            from worker.evaluations.evaluation_runner import evaluation_queue

            evaluation_queue.run_all(self._settings)

    def _is_waiting(self, table: type[BestModelJob]) -> bool:
        with self._database.read() as session:
            return is_waiting(session, table)

    def _advance_studies(self) -> None:
        with self._database.read() as session:
            is_any_unsettled = session.scalar(select(Study.id).where(Study.settled_at.is_(None)).limit(1)) is not None
        if is_any_unsettled:
            self._studies.advance()

    @cached_property
    def _studies(self) -> "StudyDriver":
        from backend.studies.driver import StudyDriver

        return StudyDriver(
            self._settings, self._database, RedisStream(self._settings.broker_url), Wakeups(self._settings)
        )
