"""The jobs worker of a machine: prepares datasets, makes exports, and starts the helper before its first request."""

import threading

from backend.artifacts import exports
from backend.datasets import registry
from backend.db.engine import open_database
from backend.settings import Settings
from worker.datasets.preparing import MAX_CONCURRENT, prepare_dataset
from worker.exports import export_runner
from worker.helper.idle_starter import IdleStarter
from worker.helper.process import HelperProcess
from worker.polling import start_polling


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
        for look in (*[self._prepare_datasets] * MAX_CONCURRENT, self._make_exports):
            start_polling(look, self._settings.poll_seconds, self._stopping)
        with self._database.write() as session:
            registry.mark_preparing(session, "digits")

    def stop_accepting(self) -> None:
        """Starts no more jobs and releases the export in progress."""
        self._stopping.set()
        self._helper_starter.stop()
        export_runner.stopping.set()

    def _prepare_datasets(self) -> None:
        with self._database.read() as session:
            names = registry.unclaimed(session, self._settings.lease_seconds)
        for name in names:
            prepare_dataset(self._settings, name)

    def _make_exports(self) -> None:
        with self._database.read() as session:
            is_waiting = exports.is_waiting(session)
        if is_waiting:
            export_runner.make_exports(self._settings)
