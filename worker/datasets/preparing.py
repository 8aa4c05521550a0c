"""Prepares a dataset that has a row: in a jobs worker when its task arrives, or in the trainer that needs it."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from backend.datasets import registry
from backend.datasets.built_in import BUILT_IN
from backend.datasets.version_names import base_name
from backend.db.engine import Database, open_database
from backend.db.errors import NO_ANSWER, reason
from backend.db.models import Dataset
from backend.files import remove_folder
from backend.settings import Settings
from worker.datasets.ingest_job import TOUCH_SECONDS, IngestJob, VersionSource
from worker.datasets.progress import ProgressCallback, ProgressUpdate, log_progress
from worker.errors import DatasetUnavailable

log = logging.getLogger(__name__)

MAX_CONCURRENT = 2  # the other threads of a jobs worker stay free for requests to the helper


def prepare_dataset(settings: Settings, name: str) -> None:
    """Prepares a dataset in a child process and stores the result, or the error, in its row.

    Does nothing while another job has claimed it, or while this process prepares MAX_CONCURRENT others: it is looked
    for again within seconds.
    """
    with _reserve(name) as reserved:
        if not reserved:
            return
        with _open_database(settings) as database:
            while (claimed := _claim(settings, database, name)) is not None:  # again if another upload took the name
                IngestJob(settings, database, *claimed).run()


def prepare_here(database: Database, data_dir: Path, name: str, write_line: Callable[[str], object]) -> Dataset:
    """Prepares a built-in dataset in this process; writes progress to its row and to a run's log.

    Raises:
        DatasetUnavailable: it is no built-in dataset, or its files can't be read or fetched.
    """
    from worker.datasets.ingest import prepare  # in the trainer: a Celery process needs no NumPy

    if name not in BUILT_IN:
        raise DatasetUnavailable(f"There is no dataset {name!r} any more: it was deleted, or never became ready.")
    database.persist(lambda session: _begin(session, name))
    try:
        on_progress = _both(log_progress(write_line), _row_progress(database, name))
        folder, manifest = prepare(name, data_dir / "datasets", on_progress)
    except DatasetUnavailable as error:
        database.persist(partial(_record_failure, name=name, error=str(error)))
        raise
    stored = folder.relative_to(data_dir).as_posix()
    row = database.persist(lambda session: registry.register(session, name, stored, manifest.as_json()))
    if row.folder != stored:
        remove_folder(data_dir, stored)  # another process was faster
    return row


def _begin(session: Session, name: str) -> None:
    registry.mark_preparing(session, name)
    registry.claim(session, name, 0.0)


def _record_failure(session: Session, name: str, error: str) -> None:
    if (locked := registry.lock_for_job(session, name, None)) is not None:
        registry.mark_failed(locked, error)


def _both(first: ProgressCallback, second: ProgressCallback) -> ProgressCallback:
    def on_progress(update: ProgressUpdate) -> None:
        first(update)
        second(update)

    return on_progress


def _row_progress(database: Database, name: str) -> ProgressCallback:
    """Returns a callback that touches the row of a built-in dataset, at most once in TOUCH_SECONDS."""
    touched_at = 0.0

    def on_progress(update: ProgressUpdate) -> None:
        nonlocal touched_at
        if time.monotonic() - touched_at < TOUCH_SECONDS:
            return
        touched_at = time.monotonic()
        try:
            with database.write() as session:
                if (row := registry.lock_for_job(session, name, None)) is not None:
                    registry.touch(session, row, asdict(update))
        except NO_ANSWER as error:
            log.warning("could not touch dataset %s (%s); trying again", name, reason(error))

    return on_progress


_lock = threading.Lock()
_reserved: set[str] = set()


@contextmanager
def _reserve(name: str) -> Iterator[bool]:
    """Yields whether this thread may prepare the dataset, and reserves it for the block."""
    with _lock:
        reserved = name not in _reserved and len(_reserved) < MAX_CONCURRENT
        if reserved:
            _reserved.add(name)
    try:
        yield reserved
    finally:
        if reserved:
            with _lock:
                _reserved.discard(name)


@contextmanager
def _open_database(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    try:
        yield database
    finally:
        database.engine.dispose()


def _claim(settings: Settings, database: Database, name: str) -> tuple[Dataset, VersionSource | None] | None:
    """Claims a dataset; returns its row, and of a version what it is made of."""
    with database.write() as session:
        row = registry.claim(session, name, settings.lease_seconds)
        if row is None:
            return None
        if row.derivation is None:
            return row, None
        parent, base = (session.get(Dataset, of) for of in (row.derivation["of"], base_name(name)))
        folders = [str(source.folder if source else None) for source in (parent, base)]
        return row, VersionSource(folders[0], row.derivation, base_folder=folders[1])
