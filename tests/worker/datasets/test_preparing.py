"""A jobs worker prepares each dataset once, and two datasets at a time."""

import threading
import time

import pytest
from sqlalchemy import event

from backend.datasets import registry
from backend.db import engine
from backend.db.engine import open_database
from backend.settings import Settings
from tests.support.storage.databases import create_sqlite
from worker.datasets import preparing
from worker.datasets.ingest_job import IngestJob


def test_a_dataset_is_not_prepared_twice_at_once(settings: Settings) -> None:
    with preparing._reserve("pets") as first, preparing._reserve("pets") as second:
        assert (first, second) == (True, False)
        preparing.prepare_dataset(settings, "pets")  # returns before it opens a database; there is none

    with preparing._reserve("pets") as again:
        assert again


def test_at_most_two_datasets_are_prepared_at_once() -> None:
    with preparing._reserve("cats"), preparing._reserve("dogs") as second, preparing._reserve("birds") as third:
        assert (second, third) == (True, False)


def test_a_failed_preparation_releases_its_reservation() -> None:
    with pytest.raises(OSError, match="disk"), preparing._reserve("pets"):
        raise OSError("disk")

    with preparing._reserve("pets") as reserved:
        assert reserved


def test_a_preparation_outlives_a_locked_database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "RETRY_SECONDS", 0.05)
    create_sqlite(settings)
    database, foreign = open_database(settings), open_database(settings)
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50"))
    with database.write() as session:
        row = registry.mark_preparing(session, "digits")
    job = IngestJob(settings, database, row)

    with foreign.write():
        touched = job._touch(None)
        recording = threading.Thread(target=job._record, args=({"manifest": {"content_hash": "x"}},))
        recording.start()
        time.sleep(0.2)
    recording.join()

    with database.read() as session:
        dataset = registry.find(session, "digits")
    assert dataset is not None
    assert (touched, dataset.status, dataset.folder) == (True, "ready", job._folder)
    for opened in (database, foreign):
        opened.engine.dispose()
