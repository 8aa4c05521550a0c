"""Preparing a built-in dataset for whoever asked: a child process reads it, this one keeps the row."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backend import artifacts, datasets
from backend.db import Database, open_database
from backend.models import Dataset
from backend.settings import Settings
from worker.ingest import FOR_WORKER

log = logging.getLogger(__name__)

TOUCH_SECONDS = 5.0


def prepare_dataset(settings: Settings, name: str) -> None:
    """Run `worker.ingest` for the dataset and register what it made, or why it could not."""
    with _database(settings) as database:
        if not _wanted(database, name):
            return
        answer = _ingest(settings, database, name)
        with database.write() as session:
            if "error" in answer:
                datasets.fail(session, name, answer["error"])
                return
            stored = Path(answer["folder"]).relative_to(settings.data_dir).as_posix()
            kept = datasets.register(session, name, stored, answer["manifest"]).folder
        if kept != stored:
            artifacts.remove_folder(settings.data_dir, stored)  # somebody else was first


def prepare_digits(settings: Settings) -> None:
    """The digits come with scikit-learn: they are there once a worker is."""
    with _database(settings) as database, database.write() as session:
        datasets.ask(session, "digits")
    prepare_dataset(settings, "digits")


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    try:
        yield database
    finally:
        database.engine.dispose()


def _ingest(settings: Settings, database: Database, name: str) -> dict[str, Any]:
    command = (sys.executable, "-m", "worker.ingest", name, str(settings.data_dir / "datasets"))
    environment = {**os.environ, FOR_WORKER: "1"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as child:
        try:
            return _answer(database, child, name)
        finally:
            child.kill()


def _wanted(database: Database, name: str) -> bool:
    with database.read() as session:
        row = session.get(Dataset, name)
    return row is not None and row.status == "preparing"


def _answer(database: Database, child: "subprocess.Popen[str]", name: str) -> dict[str, Any]:
    while True:
        try:
            child.wait(TOUCH_SECONDS)
            break
        except subprocess.TimeoutExpired:
            with database.write() as session:
                datasets.touch(session, name)
    lines = child.stdout.read().splitlines() if child.stdout else []
    if not lines:
        return {"error": f"Preparing {name} ended with exit code {child.returncode} and said nothing; try again."}
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer
