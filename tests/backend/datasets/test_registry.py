"""Rows of datasets: when they may be deleted and used, by which job they are written, and removal of stale files."""

import pytest

from backend.datasets import registry
from backend.datasets.schemas import DatasetProgress, UploadOptions
from backend.db.engine import Database
from backend.errors import Conflict, Invalid
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate
from backend.uploads import new_dataset

OPTIONS = {"padding": "same"}


def queue_run(database: Database, name: str) -> None:
    body = RunCreate.model_validate(
        {"spec": {"dataset": {"name": name}, "model": {"preset": "strided_cnn", "options": OPTIONS}}}
    )
    with database.write() as session:
        queue_new_run(session, body)


def test_a_dataset_of_an_active_run_is_not_deleted(database: Database) -> None:
    with database.write() as session:
        registry.mark_preparing(session, "digits")
    queue_run(database, "digits")

    with pytest.raises(Conflict, match="is needed by the run"), database.write() as session:
        registry.delete(session, "digits")


def test_a_run_on_an_upload_that_is_not_ready_is_refused(database: Database) -> None:
    with database.write() as session:
        new_dataset.create(session, "pets", "uploads/a.zip", UploadOptions())
    with pytest.raises(Invalid, match="still being prepared"):
        queue_run(database, "pets")
    with database.write() as session:
        row = registry.lock_for_job(session, "pets", "uploads/a.zip")
        assert row is not None
        registry.mark_failed(row, "It was no zip.")
    with pytest.raises(Invalid, match=r"is failed \(It was no zip\.\); upload it again"):
        queue_run(database, "pets")


def test_the_options_of_an_upload_are_not_what_was_found_in_it(database: Database) -> None:
    options = UploadOptions(image_size=64, contradictions="keep", value_range="own")

    with database.write() as session:
        row = new_dataset.create(session, "pets", "uploads/a.zip", options)
        read = registry.dataset_read("pets", row)

    assert (read.image_size, read.contradictions, read.value_range) == (64, None, None)


def test_a_second_upload_of_the_same_name_is_refused(database: Database) -> None:
    with database.write() as session:
        new_dataset.create(session, "pets", "uploads/a.zip", UploadOptions())

    with pytest.raises(Conflict), database.write() as session:
        new_dataset.create(session, "pets", "uploads/b.zip", UploadOptions())
    with database.read() as session:
        assert registry.lock_for_job(session, "pets", "uploads/b.zip") is None


def test_an_upload_is_claimed_by_one_job_until_its_lease_ends(database: Database) -> None:
    with database.write() as session:
        new_dataset.create(session, "pets", "uploads/a.zip", UploadOptions())
        assert registry.unclaimed(session, 30) == ["pets"]

    with database.write() as session:
        first, second = (registry.claim(session, "pets", 30) for _ in range(2))
        assert first is not None
        assert DatasetProgress.model_validate(first.progress).text == "Starting"
        assert second is None
        assert registry.unclaimed(session, 30) == []
        first.touched_at -= 31
        session.flush()
        assert registry.unclaimed(session, 30) == ["pets"]
        assert registry.claim(session, "pets", 30) is not None
