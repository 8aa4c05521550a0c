"""One preparation of a dataset in a jobs worker: runs `worker.datasets.ingest` as a child and updates the row."""

import json
import logging
import queue
import subprocess
import sys
import threading
import uuid
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from backend.datasets import registry
from backend.datasets.folder import ORIGINAL, UNFINISHED_SUFFIX
from backend.db.engine import Database
from backend.db.errors import NO_ANSWER, reason
from backend.db.models import Dataset
from backend.files import remove_folder
from backend.pipes import opened
from backend.settings import Settings
from worker.datasets.ingest_request import IngestRequest

log = logging.getLogger(__name__)

TOUCH_SECONDS = 2.0  # well below `Settings.lease_seconds`, after which the job counts as stalled
COMMAND = (sys.executable, "-m", "worker.datasets.ingest")
Lines = queue.SimpleQueue[str | None]


@dataclass(frozen=True)
class VersionSource:
    """What a version is made of: the folder of a dataset, below the data dir, the changes, and version 1's folder."""

    folder: str
    derivation: dict[str, Any]
    base_folder: str


class IngestJob:
    """Prepares the dataset of one row. It writes to the row only while `registry.lock_for_job` returns it."""

    def __init__(
        self, settings: Settings, database: Database, row: Dataset, made_of: VersionSource | None = None
    ) -> None:
        upload = dict(row.upload or {})
        self._data_dir = settings.data_dir
        self._database = database
        self._name = row.name
        self._archive: str | None = upload.pop("archive", None)
        self._folder = f"datasets/{uuid.uuid4().hex}"
        archive = str(self._data_dir / self._archive) if self._archive else None
        self._request = IngestRequest(
            name=row.name,
            folder=str(self._data_dir / self._folder),
            archive=archive,
            options=upload or None,
            source=str(self._data_dir / made_of.folder) if made_of else None,
            derivation=made_of.derivation if made_of else None,
            original=str(self._data_dir / made_of.base_folder / ORIGINAL) if made_of else None,
        )

    def run(self) -> None:
        """Prepares the dataset and removes every file that the row does not reference."""
        try:
            result = self._run_child()
        except BaseException:
            remove_folder(self._data_dir, self._folder)
            raise
        finally:
            remove_folder(self._data_dir, self._folder + UNFINISHED_SUFFIX)
        if not self._record(result):
            remove_folder(self._data_dir, self._folder)
        if self._archive:
            (self._data_dir / self._archive).unlink(missing_ok=True)

    def _run_child(self) -> dict[str, Any]:
        """Returns the child's last message, `{"manifest"}` or `{"error"}`."""
        with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            try:
                stdin = opened(child.stdin)  # it stays open, and the child ends when it closes
                stdin.write(json.dumps(asdict(self._request)) + "\n")
                stdin.flush()
                return self._read_messages(child)
            except BrokenPipeError:
                return self._no_result(child)
            finally:
                child.kill()

    def _read_messages(self, child: "subprocess.Popen[str]") -> dict[str, Any]:
        lines = _read_lines(child)
        while True:
            message: dict[str, Any] = {}
            try:
                line = lines.get(timeout=TOUCH_SECONDS)
                if line is None:
                    return self._no_result(child)
                message = json.loads(line)
            except queue.Empty:
                pass  # no news, but the row is touched
            if message.keys() & {"manifest", "error"}:
                return message
            if not self._touch(message.get("progress")):
                return {"error": "the dataset was deleted, or another job finished it"}

    def _no_result(self, child: "subprocess.Popen[str]") -> dict[str, Any]:
        return {"error": f"Preparing {self._name} ended with exit code {child.wait()} and no message; try again."}

    def _touch(self, progress: dict[str, Any] | None) -> bool:
        """Touches the row; returns False if it is no longer this job's. A locked database does not end the job."""
        try:
            with self._database.write() as session:
                row = registry.lock_for_job(session, self._name, self._archive)
                if row is not None:
                    registry.touch(session, row, progress)
        except NO_ANSWER as error:
            log.warning("could not touch dataset %s (%s); trying again", self._name, reason(error))
            return True
        return row is not None

    def _record(self, result: dict[str, Any]) -> bool:
        """Stores the result in the row; returns whether the row references the folder now."""
        return self._database.persist(lambda session: self._record_in(session, result))

    def _record_in(self, session: Session, result: dict[str, Any]) -> bool:
        row = registry.lock_for_job(session, self._name, self._archive)
        if row is None:
            current = session.get(Dataset, self._name)
            if current is not None and current.folder == self._folder:
                return True  # committed by an attempt whose answer was lost
            log.info("dataset %s was deleted, or prepared by another process", self._name)
            return False
        if "error" in result:
            registry.mark_failed(row, result["error"])
            return False
        registry.mark_ready(row, self._folder, result["manifest"])
        return True


def _read_lines(child: "subprocess.Popen[str]") -> Lines:
    """Returns a queue of the lines that a child prints, then None; a thread reads them."""
    lines: Lines = queue.SimpleQueue()

    def read() -> None:
        for line in child.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, name=f"output of {child.pid}", daemon=True).start()
    return lines
