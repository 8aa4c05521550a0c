"""The jobs worker of a machine: datasets, exports, evaluations, studies, and an early start of the helper."""

import threading

from backend.datasets import registry
from backend.db.engine import open_database
from backend.db.models import BestModelJob, Evaluation, Export
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.runs.best_model_jobs import is_waiting
from backend.settings import Settings
from backend.studies.driver import StudyDriver
from worker.best_model_jobs import claimed_job
from worker.best_model_jobs.job_queue import JobQueue
from worker.datasets.preparing import MAX_CONCURRENT, prepare_dataset
from worker.evaluations.evaluation_runner import evaluation_queue
from worker.exports.export_runner import export_queue
from worker.helper.idle_starter import IdleStarter
from worker.helper.process import HelperProcess
from worker.polling import start_polling

STUDY_SECONDS = 1.0  # a run that ends leaves one in the queue, so that its slot has time until the next look


class JobsWorker:
    """Does the jobs that its messages announce, and finds those in the database whose message was lost."""

    def __init__(self, settings: Settings, helper: HelperProcess) -> None:
        self._settings = settings
        self._database = open_database(settings)
        self._studies = StudyDriver(settings, self._database, RedisStream(settings.broker_url), Wakeups(settings))
        self._helper_starter = IdleStarter(settings, helper)
        self._stopping = threading.Event()

    def start(self) -> None:
        """Starts the threads, and prepares `digits`, whose images scikit-learn includes."""
        self._helper_starter.start()
        for look in (*[self._prepare_datasets] * MAX_CONCURRENT, self._make_exports, self._compute_evaluations):
            start_polling(look, self._settings.poll_seconds, self._stopping)
        start_polling(self._studies.advance, min(STUDY_SECONDS, self._settings.poll_seconds), self._stopping)
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

    def _make_exports(self) -> None:
        self._run_jobs(Export, export_queue)

    def _compute_evaluations(self) -> None:
        self._run_jobs(Evaluation, evaluation_queue)

    def _run_jobs(self, table: type[BestModelJob], jobs: JobQueue) -> None:
        with self._database.read() as session:
            has_work = is_waiting(session, table)
        if has_work:
            jobs.run_all(self._settings)
