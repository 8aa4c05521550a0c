"""Requests that schemathesis generates from the OpenAPI document, sent to a real server: nothing is found.

tests/schemathesis.toml says which checks apply, and how to run many more examples by hand.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.application import create_app
from backend.runs.read import get_run
from backend.settings import Settings
from tests.backend.api.test_analysis import write_dataset, write_run
from tests.conftest import NO_REDIS
from tests.support.service.raw_http import served
from tests.support.storage.databases import create_sqlite

CONFIG = Path("tests/schemathesis.toml")


@dataclass(frozen=True)
class Board:
    url: str
    run: str


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """A service on SQLite, without workers and Redis, with a dataset and a finished run of three epochs."""
    settings = Settings(data_dir=tmp_path, redis_url=NO_REDIS, frontend_dir=Path("no-page"))
    create_sqlite(settings)
    app = create_app(settings)
    database = app.state.board.database
    write_dataset(database, tmp_path)
    run = write_run(database, tmp_path)
    with database.write() as session:
        get_run(session, run).status = "finished"
    with served(app) as port:
        yield Board(f"http://127.0.0.1:{port}", run)
    database.engine.dispose()


@pytest.mark.slow
def test_generated_requests_find_nothing(board: Board) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", "--no-color"]

    done = subprocess.run(
        [*command, f"{board.url}/api/openapi.json"],
        env={**os.environ, "GENERATED_RUN": board.run, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        timeout=280,
    )

    assert "No issues found" in done.stdout, done.stdout + done.stderr
