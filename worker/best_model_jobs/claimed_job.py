"""One claimed job: runs its child, and writes to its row only while the claim is valid."""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Generic

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.errors import reason
from backend.db.models import BestModelJob
from backend.errors import NotFound, Problem
from backend.live.redis_stream import RedisStream
from backend.runs import best_model_jobs
from backend.runs.event_log import RunEvent, record_log
from backend.runs.read import get_run
from backend.settings import Settings
from worker.best_model_jobs.child import run_child
from worker.best_model_jobs.request import Request

log = logging.getLogger(__name__)

stopping = threading.Event()
"""Set when the worker shuts down: jobs in progress are released, and no other one is started."""


Write = Callable[[Session], tuple[str, str]]
"""Writes a job's end; returns a line for the run's log and its level."""


class Stopped(Exception):
    """The worker is shutting down."""


class ClaimedJob(ABC, Generic[Request]):
    """A claimed row with its request, or with the reason why there is none."""

    command: ClassVar[tuple[str, ...]]
    failed: ClassVar[str]  # what the log says of a job that fails, after its name
    has_progress: ClassVar[bool] = False  # whether its row has a column `progress`

    def __init__(
        self, settings: Settings, database: Database, row: BestModelJob, name: str, request: Request | str
    ) -> None:
        self.database = database
        self.data_dir = settings.data_dir
        self.name = name
        self._redis_stream = RedisStream(settings.broker_url)
        self._row = row
        self._request = request

    def run(self) -> None:
        """Runs the job and removes every file that no row references."""
        try:
            self._make()
        except Stopped:
            self._release()
        except Problem as problem:
            log.info("%s of run %s: %s", self.name, self._row.run_id, problem.detail)
        finally:
            if not isinstance(self._request, str):
                self._request.remove_linked_files()
            self.remove_unreferenced_files()

    @abstractmethod
    def mark_ready(self, session: Session, request: Request, result: dict[str, Any]) -> str:
        """Stores what the child has made; returns a line for the run's log. Raises NotFound if the claim is lost."""

    @abstractmethod
    def remove_unreferenced_files(self) -> None:
        """Removes the run's files of such jobs that no row references."""

    def _make(self) -> None:
        request = self._request
        if isinstance(request, str):
            self._mark_failed(request)
            return
        result = run_child(self.command, request.as_json(), request.folder, self._touch)
        if "error" in result:
            self._mark_failed(result["error"], result.get("details", ""))
        else:
            self._record(lambda session: (self.mark_ready(session, request, result), "info"))

    def _touch(self, progress: float) -> None:
        """Raises Stopped, or NotFound if the claim is lost. A database error for a moment does not end the job."""
        if stopping.is_set():
            raise Stopped
        values = {"progress": progress} if self.has_progress else {}
        try:
            with self.database.write() as session:
                is_claimed = best_model_jobs.touch(session, self._row, **values)
        except SQLAlchemyError as error:
            log.warning("could not touch %s of run %s (%s); trying again", self.name, self._row.run_id, reason(error))
            return
        if not is_claimed:
            raise NotFound("it was claimed by another worker or requested again, or its run was deleted")

    def _release(self) -> None:
        with self.database.write() as session:
            best_model_jobs.release(session, self._row)

    def _mark_failed(self, reason: str, details: str = "") -> None:
        """Stores the reason for people; the `details` of the program that failed are only logged."""
        text = f"{self.name} {self.failed}: {reason}" + (f"\n{details}" if details else "")

        def write(session: Session) -> tuple[str, str]:
            best_model_jobs.mark_failed(session, self._row, reason)
            return text, "warning"

        self._record(write)

    def _record(self, write: Write) -> None:
        """Commits the job's end with a line in the run's log, and publishes that."""

        def write_and_log(session: Session) -> list[RunEvent]:
            text, level = write(session)
            return [record_log(session, get_run(session, self._row.run_id, lock=True), text, level)]

        self._redis_stream.publish(self.database.persist(write_and_log))
