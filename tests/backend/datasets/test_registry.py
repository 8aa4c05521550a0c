"""The rows of datasets: who may delete, claim and use them; and what a sweep removes."""

import os
import time
from pathlib import Path

import pytest

from backend.datasets import registry, uploads
from backend.datasets.schemas import UploadOptions
from backend.db.engine import Database
from backend.errors import Conflict, Invalid
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate

SAME = {"padding": "same"}


def new_run(database: Database, name: str) -> None:
    body = RunCreate.model_validate(
        {"spec": {"dataset": {"name": name}, "model": {"preset": "strided_cnn", "options": SAME}}}
    )
    with database.write() as session:
        queue_new_run(session, body)


def test_a_dataset_that_a_run_needs_is_not_deleted(database: Database) -> None:
    with database.write() as session:
        registry.ask(session, "digits")
    new_run(database, "digits")

    with pytest.raises(Conflict, match="is needed by the run"), database.write() as session:
        registry.delete(session, "digits")


def test_a_run_is_refused_before_its_upload_is_ready(database: Database) -> None:
    with database.write() as session:
        uploads.create(session, "pets", "uploads/a.zip", UploadOptions())
    with pytest.raises(Invalid, match="still being prepared"):
        new_run(database, "pets")
    with database.write() as session:
        row = registry.hold(session, "pets", "uploads/a.zip")
        assert row is not None
        registry.fail(row, "It was no zip.")
    with pytest.raises(Invalid, match=r"is failed \(It was no zip\.\); upload it again"):
        new_run(database, "pets")


def test_two_uploads_of_one_name_are_one_dataset(database: Database) -> None:
    with database.write() as session:
        uploads.create(session, "pets", "uploads/a.zip", UploadOptions())

    with pytest.raises(Conflict), database.write() as session:
        uploads.create(session, "pets", "uploads/b.zip", UploadOptions())
    with database.read() as session:
        assert registry.hold(session, "pets", "uploads/b.zip") is None


def test_what_killed_processes_left_is_swept_after_an_hour(database: Database, tmp_path: Path) -> None:
    old, new = time.time() - 7200, time.time()
    paths = [
        "uploads/a.zip",
        "uploads/b.zip",
        "uploads/c.part",
        "uploads/d.part",
        "datasets/e.writing/x",
        "datasets/f/x",
    ]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"x")
        age = new if path == "uploads/d.part" else old
        for changed in (tmp_path / path, (tmp_path / path).parent):
            os.utime(changed, (age, age))
    with database.write() as session:
        uploads.create(session, "pets", "uploads/a.zip", UploadOptions())
        uploads.sweep(session, tmp_path)

    left = [path for path in paths if (tmp_path / path).exists()]
    assert left == ["uploads/a.zip", "uploads/d.part", "datasets/f/x"]
