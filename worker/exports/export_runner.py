"""Makes the requested exports in a jobs worker: claims a row, runs `worker.exports.exporter` as a child, updates it."""

import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.artifacts import exports
from backend.datasets.store import DatasetDamaged
from backend.db.engine import Database, open_database
from backend.db.models import Artifact, Export
from backend.errors import Problem
from backend.live.redis_stream import RedisStream
from backend.phrases import in_short
from backend.runs.event_log import RunEvent, record_log
from backend.runs.read import get_run
from backend.settings import Settings
from worker.exports.export_request import ExportRequest, request_for

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "worker.exports.exporter")
TOUCH_SECONDS = 2.0  # well below `exports.STALLED_SECONDS`
TIMEOUT_SECONDS = 1_200.0
MAX_LINK_ATTEMPTS = 5  # a training that replaces its best model does so once an epoch, and linking takes milliseconds
stopping = threading.Event()
"""Set when the worker shuts down: the export in progress is released, and no other one is started."""
_export_lock = threading.Lock()
"""Allows one export per process; the other Celery threads stay free for predictions and datasets."""


class Stopped(Exception):
    """The worker is shutting down."""


def make_exports(settings: Settings) -> None:
    """Makes all requested exports, one after the other.

    Returns at once if another thread of this process makes exports, or if exports are disabled on this machine.
    """
    if not settings.exports or not _export_lock.acquire(blocking=False):
        return
    database = open_database(settings)
    try:
        while not stopping.is_set() and (job := claim_next(settings, database)) is not None:
            job.run()
    finally:
        database.engine.dispose()
        _export_lock.release()


def claim_next(settings: Settings, database: Database) -> "ExportJob | None":
    """Claims the next export and links its files, so that they exist even if the run replaces or deletes them."""
    with database.write() as session:
        export = exports.claim(session)
    if export is None:
        return None
    remove_unreferenced_files(database, settings.data_dir, export.run_id)
    return ExportJob(settings, database, export, _request(settings.data_dir, database, export))


def _request(data_dir: Path, database: Database, export: Export) -> ExportRequest | str:
    """Returns the request with its files linked, or the reason why there is none."""
    out = data_dir / "runs" / export.run_id / "exports" / str(export.claim) / exports.FILE_NAMES[export.kind]
    try:
        for _ in range(MAX_LINK_ATTEMPTS):
            with database.read() as session:
                request = request_for(session, data_dir, export, out)
            with contextlib.suppress(FileNotFoundError):  # a training has just replaced its best model
                return request.with_linked_files()
        return request.with_linked_files()
    except Problem as problem:
        return problem.detail
    except (OSError, ValueError, DatasetDamaged) as error:
        # The export fails; an exception here would leave it first in the queue for ever.
        return f"A file could not be read or written: {in_short(error)}"


def remove_unreferenced_files(database: Database, data_dir: Path, run_id: str) -> None:
    """Removes exports of a run that no row references.

    The folders are listed before the rows are read: a job creates its folder after the commit of its claim, so a folder
    on the list has its claim by then.
    """
    entries = list((data_dir / "runs" / run_id / "exports").glob("*"))
    with database.read() as session:
        in_use = exports.folders_in_use(session, run_id)
    for entry in entries:
        if entry.name in in_use:
            continue
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


class ExportJob:
    """One claimed export with its request, or with the reason why there is none.

    It writes to the row only while its claim is valid.
    """

    def __init__(self, settings: Settings, database: Database, export: Export, request: ExportRequest | str) -> None:
        self._data_dir = settings.data_dir
        self._database = database
        self._redis_stream = RedisStream(settings.broker_url)
        self._export = export
        self._request = request
        self._name = exports.FILE_NAMES[export.kind]

    def run(self) -> None:
        """Makes the export and removes every file that no row references."""
        try:
            self._make()
        except Stopped:
            self._release()
        except Problem as problem:
            log.info("%s of run %s: %s", self._name, self._export.run_id, problem.detail)
        finally:
            self._clean_up()

    def _make(self) -> None:
        if isinstance(self._request, str):
            self._mark_failed(self._request)
            return
        result = self._run_child(self._request)
        if "error" in result:
            self._mark_failed(result["error"], result.get("details", ""))
        else:
            self._mark_ready(result, self._request)

    def _clean_up(self) -> None:
        if isinstance(self._request, ExportRequest):
            self._request.remove_linked_files()
        remove_unreferenced_files(self._database, self._data_dir, self._export.run_id)

    def _run_child(self, request: ExportRequest) -> dict[str, Any]:
        """Runs the child on the CPU at low priority; kills it if the worker stops or the claim is lost.

        Its temporary files are in the claim's folder, so that they are removed with it.
        """
        folder = str(Path(request.out).parent)
        environment = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2", "TMPDIR": folder}
        with subprocess.Popen(
            ("nice", *COMMAND),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        ) as child:
            try:
                return self._wait_for(child, request.as_json() + "\n")
            finally:
                child.kill()

    def _wait_for(self, child: "subprocess.Popen[str]", request_line: str) -> dict[str, Any]:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        input_text: str | None = request_line
        while time.monotonic() < deadline:
            if stopping.is_set():
                raise Stopped
            try:
                output, _ = child.communicate(input_text, timeout=TOUCH_SECONDS)
            except subprocess.TimeoutExpired:
                input_text = None  # it was sent; the next `communicate` continues to wait for output
                if not self._touch():
                    return {"error": "the export was claimed by another job or requested again, or its run was deleted"}
                continue
            lines = output.strip().splitlines()
            return (
                json.loads(lines[-1]) if lines else {"error": f"Its process ended with exit code {child.returncode}."}
            )
        return {"error": f"It was not ready after {TIMEOUT_SECONDS / 60:.0f} minutes."}

    def _touch(self) -> bool:
        """Returns False if the claim is lost. A database error for a moment does not end the export."""
        try:
            with self._database.write() as session:
                return exports.touch(session, self._export)
        except SQLAlchemyError as error:
            log.warning("could not touch %s of run %s (%s); trying again", self._name, self._export.run_id, error)
            return True

    def _release(self) -> None:
        with self._database.write() as session:
            exports.release(session, self._export)

    def _mark_ready(self, result: dict[str, Any], request: ExportRequest) -> None:
        path = Path(request.out).relative_to(self._data_dir).as_posix()
        run_id, epoch = self._export.run_id, request.epoch
        file = Artifact(run_id=run_id, name=self._name, epoch=epoch, path=path, **result["file"])

        def write(session: Session) -> list[RunEvent]:
            exports.mark_ready(session, self._export, file, request.best_sha256, result["prediction_ms"])
            return self._log_event(session, f"{self._name} verified: {result['proof']}", "info")

        self._redis_stream.publish(self._database.persist(write))

    def _mark_failed(self, reason: str, details: str = "") -> None:
        """Stores the reason for people; the `details` of the program that failed are only logged."""
        text = f"{self._name} could not be created: {reason}" + (f"\n{details}" if details else "")

        def write(session: Session) -> list[RunEvent]:
            exports.mark_failed(session, self._export, reason)
            return self._log_event(session, text, "warning")

        self._redis_stream.publish(self._database.persist(write))

    def _log_event(self, session: Session, text: str, level: str) -> list[RunEvent]:
        run = get_run(session, self._export.run_id, lock=True)
        return [record_log(session, run, text, level)]
