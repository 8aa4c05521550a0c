"""Exports for whoever asked: a child process makes and proves one, this one keeps its row and the disk in order."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
import uuid
from typing import Any

from sqlalchemy.orm import Session

from backend import exports, runs
from backend.db import Database, open_database
from backend.errors import Problem
from backend.events import RunEvent, Wire, record_log
from backend.models import Artifact, Export
from backend.settings import Settings
from worker.export_order import Order, order_for

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "worker.exporter")
TOUCH_SECONDS = 2.0
MOST_SECONDS = 1_200.0
_one = threading.Lock()
"""Of a process's exports at a time, so that quick questions and datasets always find a thread."""


def make_exports(settings: Settings) -> None:
    """Make all that is wanted; does nothing while another thread of this process is at it, or on a machine that is
    to make none."""
    if not settings.exports or not _one.acquire(blocking=False):
        return
    database = open_database(settings)
    try:
        while (claimed := _claim(database)) is not None:
            _Job(settings, database, claimed).run()
    finally:
        database.engine.dispose()
        _one.release()


def _claim(database: Database) -> Export | None:
    with database.write() as session:
        return exports.claim(session)


class _Job:
    """One export. It writes to the row only while that is wanted of the same best model (`exports.touch`)."""

    def __init__(self, settings: Settings, database: Database, claimed: Export) -> None:
        self._data_dir = settings.data_dir
        self._database = database
        self._wire = Wire(settings.wire_url)
        self._claimed = claimed
        self._name = exports.NAMES[claimed.kind]
        self._path = f"runs/{claimed.run_id}/exports/{uuid.uuid4().hex}-{self._name}"

    def run(self) -> None:
        """Make it, and leave nothing on disk that no row names."""
        answer, epoch = self._make()
        outdated = None
        try:
            if "error" in answer:
                self._refuse(answer["error"])
            else:
                outdated = self._offer(answer["file"], answer["proof"], epoch)
        except Problem as unwanted:
            log.info("%s of run %s: %s", self._name, self._claimed.run_id, unwanted.detail)
            outdated = self._path
        if outdated is not None:
            (self._data_dir / outdated).unlink(missing_ok=True)

    def _make(self) -> tuple[dict[str, Any], int]:
        """What the child answered, and the epoch of the model."""
        try:
            with self._database.read() as session:
                order = order_for(session, self._data_dir, self._claimed, self._data_dir / self._path)
        except Problem as problem:
            return {"error": problem.detail}, 0
        return self._child(order), order.epoch

    def _child(self, order: Order) -> dict[str, Any]:
        """On the CPU and at a low priority; it ends with us, and when nobody wants it any more."""
        quiet = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
        with subprocess.Popen(
            ("nice", *COMMAND), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=quiet
        ) as child:
            try:
                return self._wait(child, order.as_json() + "\n")
            finally:
                child.kill()

    def _wait(self, child: "subprocess.Popen[str]", order: str) -> dict[str, Any]:
        until = time.monotonic() + MOST_SECONDS
        given: str | None = order
        while time.monotonic() < until:
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
        with self._database.write() as session:
            return exports.touch(session, self._claimed)

    def _offer(self, made: dict[str, Any], proof: str, epoch: int) -> str | None:
        """Point to the file; returns the path of the one before it."""
        file = Artifact(run_id=self._claimed.run_id, name=self._name, epoch=epoch, path=self._path, **made)
        with self._database.write() as session:
            old = exports.finish(session, self._claimed, file)
            events = self._told(session, f"{self._name} is proved: {proof}", "info")
        self._wire.publish(events)
        return old

    def _refuse(self, reason: str) -> None:
        with self._database.write() as session:
            exports.fail(session, self._claimed, reason)
            events = self._told(session, f"{self._name} could not be made: {reason}", "warning")
        self._wire.publish(events)

    def _told(self, session: Session, text: str, level: str) -> list[RunEvent]:
        run = runs.get(session, self._claimed.run_id, lock=True)
        return [record_log(session, run, text, level)]
