"""Preparing a dataset for whoever asked: a child process reads it, this one keeps the row and the disk in order."""

import json
import logging
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from backend.datasets import registry
from backend.datasets.built_in import BUILT_IN
from backend.datasets.store import UNFINISHED
from backend.db.engine import Database, open_database
from backend.db.models import Dataset
from backend.files import remove_folder
from backend.settings import Settings
from worker.datasets.ingest import IngestRequest, prepare
from worker.datasets.progress import Progress, Step, in_sentences
from worker.errors import DatasetUnavailable

log = logging.getLogger(__name__)

TOUCH_SECONDS = 2.0
COMMAND = (sys.executable, "-m", "worker.datasets.ingest")
Lines = queue.SimpleQueue[str | None]


MOST_AT_ONCE = 2
"""Of the job worker's threads, so that quick questions always find one."""


def prepare_dataset(settings: Settings, name: str) -> None:
    """Run `worker.datasets.ingest` for the dataset and register what it made, or why it could not.

    Does nothing while this process prepares it already, or as many others as it may: the sweeper asks again.
    """
    with _turn(name) as ours:
        if not ours:
            return
        with _database(settings) as database:
            row = _wanted(database, name)
            if row is not None:
                _Job(settings, database, row).run()


def prepare_digits(settings: Settings) -> None:
    """The digits come with scikit-learn: they are there once a worker is."""
    with _database(settings) as database, database.write() as session:
        registry.ask(session, "digits")
    prepare_dataset(settings, "digits")


def prepare_here(database: Database, data_dir: Path, name: str, say: Callable[[str], object]) -> Dataset:
    """Prepare a built-in dataset in this process, for a run that needs it; its row says meanwhile how far it is.

    Raises:
        DatasetUnavailable: why there is none.
    """
    if name not in BUILT_IN:
        raise DatasetUnavailable(f"There is no dataset {name!r} any more: it was deleted, or never became ready.")
    with database.write() as session:
        registry.ask(session, name)
    try:
        folder, manifest = prepare(name, data_dir / "datasets", _both(in_sentences(say), _to_row(database, name)))
    except DatasetUnavailable as error:
        with database.write() as session:
            if (held := registry.hold(session, name, None)) is not None:
                registry.fail(held, str(error))
        raise
    stored = folder.relative_to(data_dir).as_posix()
    with database.write() as session:
        row = registry.register(session, name, stored, manifest.as_json())
    if row.folder != stored:
        remove_folder(data_dir, stored)  # somebody else was first
    return row


def _both(first: Progress, second: Progress) -> Progress:
    def tell(step: Step) -> None:
        first(step)
        second(step)

    return tell


def _to_row(database: Database, name: str) -> Progress:
    """Keeps the row of a built-in dataset alive, at most each TOUCH_SECONDS."""
    last = 0.0

    def tell(step: Step) -> None:
        nonlocal last
        if time.monotonic() - last < TOUCH_SECONDS:
            return
        last = time.monotonic()
        with database.write() as session:
            if (row := registry.hold(session, name, None)) is not None:
                registry.touch(session, row, asdict(step))

    return tell


_lock = threading.Lock()
_preparing: set[str] = set()


@contextmanager
def _turn(name: str) -> Iterator[bool]:
    """Whether it is ours to prepare the dataset."""
    with _lock:
        ours = name not in _preparing and len(_preparing) < MOST_AT_ONCE
        if ours:
            _preparing.add(name)
    try:
        yield ours
    finally:
        if ours:
            with _lock:
                _preparing.discard(name)


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    try:
        yield database
    finally:
        database.engine.dispose()


def _wanted(database: Database, name: str) -> Dataset | None:
    with database.read() as session:
        row = session.get(Dataset, name)
    return row if row is not None and row.status == "preparing" else None


class _Job:
    """One preparation. It writes to the row only while the row is that of its archive (`datasets.hold`)."""

    def __init__(self, settings: Settings, database: Database, row: Dataset) -> None:
        upload = dict(row.upload or {})
        self._data_dir = settings.data_dir
        self._database = database
        self._name = row.name
        self._archive: str | None = upload.pop("archive", None)
        self._folder = f"datasets/{uuid.uuid4().hex}"
        archive = str(self._data_dir / self._archive) if self._archive else None
        self._order = IngestRequest(row.name, str(self._data_dir / self._folder), archive, upload or None)

    def run(self) -> None:
        """Prepare it, and leave nothing on disk that no row names."""
        try:
            answer = self._ingest()
        except BaseException:
            remove_folder(self._data_dir, self._folder)
            raise
        finally:
            remove_folder(self._data_dir, self._folder + UNFINISHED)
        # When the commit's answer is lost the folder stays: the row may name it.
        if not self._settle(answer):
            remove_folder(self._data_dir, self._folder)
        if self._archive:
            (self._data_dir / self._archive).unlink(missing_ok=True)

    def _ingest(self) -> dict[str, Any]:
        with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            try:
                assert child.stdin is not None  # noqa: S101 - it is a pipe, which stays open: the child's lifeline
                child.stdin.write(json.dumps(asdict(self._order)) + "\n")
                child.stdin.flush()
                return self._answer(child)
            except BrokenPipeError:
                return self._silence(child)
            finally:
                child.kill()

    def _answer(self, child: "subprocess.Popen[str]") -> dict[str, Any]:
        lines = _lines(child)
        while True:
            said: dict[str, Any] = {}
            try:
                line = lines.get(timeout=TOUCH_SECONDS)
                if line is None:
                    return self._silence(child)
                said = json.loads(line)
            except queue.Empty:
                pass  # it is busy: a sign of life without news
            if said.keys() & {"manifest", "error"}:
                return said
            if not self._touch(said.get("progress")):
                return {"error": "nobody wants it any more"}

    def _silence(self, child: "subprocess.Popen[str]") -> dict[str, Any]:
        return {"error": f"Preparing {self._name} ended with exit code {child.wait()} and said nothing; try again."}

    def _touch(self, progress: dict[str, Any] | None) -> bool:
        """Whether the dataset is still wanted."""
        with self._database.write() as session:
            row = registry.hold(session, self._name, self._archive)
            if row is not None:
                registry.touch(session, row, progress)
        return row is not None

    def _settle(self, answer: dict[str, Any]) -> bool:
        """Whether the folder is a dataset's now."""
        with self._database.write() as session:
            row = registry.hold(session, self._name, self._archive)
            if row is None:
                log.info("%s was deleted or prepared by somebody else meanwhile", self._name)
                return False
            if "error" in answer:
                registry.fail(row, answer["error"])
                return False
            registry.finish(row, self._folder, answer["manifest"])
            return True


def _lines(child: "subprocess.Popen[str]") -> Lines:
    """What the child prints, and None at its end, from a thread of its own."""
    lines: Lines = queue.SimpleQueue()

    def pump() -> None:
        for line in child.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=pump, name=f"output of {child.pid}", daemon=True).start()
    return lines
