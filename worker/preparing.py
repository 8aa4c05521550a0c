"""Preparing a built-in dataset for whoever asked: a child process reads it, this one keeps the row."""

import json
import logging
import subprocess
import sys
from typing import Any

from backend import datasets
from backend.db import Database, open_database
from backend.models import Dataset
from backend.settings import Settings

log = logging.getLogger(__name__)

TOUCH_SECONDS = 5.0


def prepare_dataset(settings: Settings, name: str) -> None:
    """Run `worker.ingest` for the dataset and register what it made, or why it could not."""
    database = open_database(settings)
    folder = settings.data_dir / "datasets"
    if not _wanted(database, name):
        return
    child = subprocess.Popen(
        (sys.executable, "-m", "worker.ingest", name, str(folder)), stdout=subprocess.PIPE, text=True
    )
    answer = _answer(database, child, name)
    with database.write() as session:
        if "error" in answer:
            datasets.fail(session, name, answer["error"])
        else:
            stored = settings.data_dir.joinpath(answer["folder"]).relative_to(settings.data_dir).as_posix()
            datasets.register(session, name, stored, answer["manifest"])


def prepare_digits(settings: Settings) -> None:
    """The digits come with scikit-learn: they are there once a worker is."""
    database = open_database(settings)
    with database.write() as session:
        datasets.ask(session, "digits")
    prepare_dataset(settings, "digits")


def _wanted(database: Database, name: str) -> bool:
    with database.read() as session:
        row = session.get(Dataset, name)
    return row is not None and row.status == "preparing"


def _answer(database: Database, child: "subprocess.Popen[str]", name: str) -> dict[str, Any]:
    while True:
        try:
            output, _ = child.communicate(timeout=TOUCH_SECONDS)
            break
        except subprocess.TimeoutExpired:
            with database.write() as session:
                datasets.touch(session, name)
    lines = output.splitlines()
    if not lines:
        return {"error": f"Preparing {name} ended with exit code {child.returncode} and said nothing; try again."}
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer
