"""The sign of life that health checks look at: touched while a worker is reached by the broker and the database."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.db.engine import migrate
from backend.settings import Settings
from standalone.board import services
from standalone.board.child_processes import Service
from tests.support.valkey_server import Server

pytestmark = pytest.mark.slow


@contextmanager
def worker(part: Service, settings: Settings, valkey: Server, file: Path) -> Iterator[None]:
    said = settings.model_copy(update={"redis_url": valkey.url, "idle_seconds": 600})
    environment = {**services.environment(said), "EPOCHBOARD_ALIVE_FILE": str(file), "EPOCHBOARD_IDLE_SECONDS": "600"}
    process = subprocess.Popen(part.command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def touched_again(file: Path, seconds: float) -> bool:
    """Whether it is touched within the time that is given from now on."""
    since, deadline = time.time(), time.monotonic() + seconds
    while time.monotonic() < deadline:
        if file.exists() and file.stat().st_mtime > since:
            return True
        time.sleep(0.05)
    return False


def test_a_worker_shows_that_it_lives_until_the_broker_is_away(
    settings: Settings, valkey: Server, tmp_path: Path
) -> None:
    migrate(settings)
    file = tmp_path / "alive"
    with worker(services.train_worker(0), settings, valkey, file):
        assert touched_again(file, 30)
        valkey.kill()
        time.sleep(1)
        assert not touched_again(file, 4)
        valkey.start()
        assert touched_again(file, 30)


def test_a_jobs_worker_shows_it_as_well(settings: Settings, valkey: Server, tmp_path: Path) -> None:
    migrate(settings)
    with worker(services.jobs_worker(), settings, valkey, tmp_path / "alive"):
        assert touched_again(tmp_path / "alive", 30)


def test_a_train_worker_that_the_database_does_not_know_shows_nothing(
    settings: Settings, valkey: Server, tmp_path: Path
) -> None:
    file = tmp_path / "alive"
    with worker(services.train_worker(0), settings, valkey, file):  # its database has no tables
        assert not touched_again(file, 7)


def test_without_the_setting_no_file_is_written(settings: Settings) -> None:
    assert settings.alive_file is None
    assert "EPOCHBOARD_ALIVE_FILE" not in os.environ
