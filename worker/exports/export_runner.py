"""Exports for whoever asked: a child process makes and proves one, this one keeps its row and the disk in order."""

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
from backend.db.models import Artifact, Export, Run
from backend.errors import Problem
from backend.live.redis_stream import RedisStream
from backend.runs.event_log import RunEvent, record_log
from backend.runs.read import get_run
from backend.settings import Settings
from worker.exports.export_request import ExportRequest, request_for

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "worker.exports.exporter")
TOUCH_SECONDS = 2.0
MOST_SECONDS = 1_200.0
leaving = threading.Event()
"""Set once this process is to end: what is being made is handed back, and nothing more is begun."""
_one = threading.Lock()
"""Of a process's exports at a time, so that quick questions and datasets always find a thread."""


class Left(Exception):
    """Our process is asked to end."""


def make_exports(settings: Settings) -> None:
    """Make all that is wanted; does nothing while another thread of this process is at it, or on a machine that is
    to make none."""
    if not settings.exports or not _one.acquire(blocking=False):
        return
    database = open_database(settings)
    try:
        while not leaving.is_set() and (job := claim_one(settings, database)) is not None:
            job.run()
    finally:
        database.engine.dispose()
        _one.release()


def claim_one(settings: Settings, database: Database) -> "Job | None":
    """Take what is wanted first, with all that it is made of: its run may go on and drop that, or be deleted."""
    with database.write() as session:
        claimed = exports.claim(session)
        if claimed is None:
            return None
        tidy(session, settings.data_dir, claimed.run_id)
        folder = settings.data_dir / "runs" / claimed.run_id / "exports" / str(claimed.claim)
        try:
            order = request_for(session, settings.data_dir, claimed, folder / exports.NAMES[claimed.kind])
            return Job(settings, database, claimed, order.with_own_files())
        except Problem as problem:
            return Job(settings, database, claimed, problem.detail)
        except (OSError, ValueError, DatasetDamaged) as error:  # else it would stand in the way of all others
            return Job(settings, database, claimed, f"A file could not be read or written: {error}")


def tidy(session: Session, data_dir: Path, run_id: str) -> None:
    """Remove what no row names of what was made for a run. It must be locked, so that nobody begins meanwhile."""
    needed = exports.folders(session, run_id)
    for entry in (data_dir / "runs" / run_id / "exports").glob("*"):
        if entry.name in needed:
            continue
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


class Job:
    """One export, or why there is none. It writes to the row only while its claim stands (`exports.touch`)."""

    def __init__(self, settings: Settings, database: Database, claimed: Export, order: ExportRequest | str) -> None:
        self._data_dir = settings.data_dir
        self._database = database
        self._wire = RedisStream(settings.wire_url)
        self._claimed = claimed
        self._order = order
        self._name = exports.NAMES[claimed.kind]

    def run(self) -> None:
        """Make it, and leave nothing on disk that no row names."""
        try:
            self._make()
        except Left:
            self._hand_back()
        except Problem as unwanted:
            log.info("%s of run %s: %s", self._name, self._claimed.run_id, unwanted.detail)
        finally:
            self._tidy()

    def _make(self) -> None:
        if isinstance(self._order, str):
            self._refuse(self._order)
            return
        answer = self._child(self._order)
        if "error" in answer:
            self._refuse(answer["error"])
        else:
            self._offer(answer["file"], answer["proof"], self._order)

    def _tidy(self) -> None:
        if isinstance(self._order, ExportRequest):
            self._order.drop_own_files()
        with self._database.write() as session:
            session.get(Run, self._claimed.run_id, with_for_update=True)
            tidy(session, self._data_dir, self._claimed.run_id)

    def _child(self, order: ExportRequest) -> dict[str, Any]:
        """On the CPU and at a low priority; it ends with us, and when nobody wants it any more. What it leaves behind
        then is swept with its claim's folder."""
        quiet = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2", "TMPDIR": str(Path(order.out).parent)}
        with subprocess.Popen(
            ("nice", *COMMAND), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **quiet}
        ) as child:
            try:
                return self._wait(child, order.as_json() + "\n")
            finally:
                child.kill()

    def _wait(self, child: "subprocess.Popen[str]", order: str) -> dict[str, Any]:
        until = time.monotonic() + MOST_SECONDS
        given: str | None = order
        while time.monotonic() < until:
            if leaving.is_set():
                raise Left
            try:
                said, _ = child.communicate(given, timeout=TOUCH_SECONDS)
            except subprocess.TimeoutExpired:
                given = None  # it has it; a second `communicate` goes on where the first one was
                if not self._touch():
                    return {"error": "nobody wants it any more"}
                continue
            lines = said.strip().splitlines()
            return json.loads(lines[-1]) if lines else {"error": f"Its process ended with code {child.returncode}."}
        return {"error": f"It was not done after {MOST_SECONDS / 60:.0f} minutes."}

    def _touch(self) -> bool:
        try:
            with self._database.write() as session:
                return exports.touch(session, self._claimed)
        except SQLAlchemyError as error:
            log.warning("could not say that %s is being made (%s); the next try follows", self._name, error)
            return True

    def _hand_back(self) -> None:
        with self._database.write() as session:
            exports.hand_back(session, self._claimed)

    def _offer(self, made: dict[str, Any], proof: str, order: ExportRequest) -> None:
        """Point to the file."""
        path = Path(order.out).relative_to(self._data_dir).as_posix()
        file = Artifact(run_id=self._claimed.run_id, name=self._name, epoch=order.epoch, path=path, **made)
        with self._database.write() as session:
            exports.finish(session, self._claimed, file)
            events = self._told(session, f"{self._name} is proved: {proof}", "info")
        self._wire.publish(events)

    def _refuse(self, reason: str) -> None:
        with self._database.write() as session:
            exports.fail(session, self._claimed, reason)
            events = self._told(session, f"{self._name} could not be made: {reason}", "warning")
        self._wire.publish(events)

    def _told(self, session: Session, text: str, level: str) -> list[RunEvent]:
        run = get_run(session, self._claimed.run_id, lock=True)
        return [record_log(session, run, text, level)]
