"""The alive file for health checks: touched while the worker reaches the broker and the database."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from backend.settings import Settings
from standalone.board import services
from standalone.board.child_processes import Service
from tests.support.storage.databases import create_sqlite
from tests.support.storage.valkey_server import Server

pytestmark = pytest.mark.slow


@contextmanager
def worker(part: Service, settings: Settings, valkey: Server, file: Path) -> Iterator[None]:
    settings = replace(settings, redis_url=valkey.url, idle_seconds=600)
    environment = {
        **services.environment(settings),
        "EPOCHBOARD_ALIVE_FILE": str(file),
        "EPOCHBOARD_IDLE_SECONDS": "600",
    }
    process = subprocess.Popen(part.command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def is_touched(file: Path, seconds: float) -> bool:
    """Returns whether the file is touched within `seconds` from now."""
    since, deadline = time.time(), time.monotonic() + seconds
    while time.monotonic() < deadline:
        if file.exists() and file.stat().st_mtime > since:
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module", autouse=True)
def without_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, float]]:
    """A train worker whose database has no tables, beside the other tests: its alive file, and when it was started."""
    folder = tmp_path_factory.mktemp("without-database")
    with tempfile.TemporaryDirectory() as short:
        valkey = Server(Path(short)).start()
        settings = Settings(data_dir=folder)
        with worker(services.worker("train-0", "train"), settings, valkey, folder / "alive"):
            yield folder / "alive", time.monotonic()
        valkey.kill()


def test_a_train_worker_touches_the_file_while_the_broker_answers(
    settings: Settings, valkey: Server, tmp_path: Path
) -> None:
    create_sqlite(settings)
    file = tmp_path / "alive"
    with worker(services.worker("train-0", "train"), settings, valkey, file):
        assert is_touched(file, 30)
        valkey.kill()
        time.sleep(1)
        assert not is_touched(file, 4)
        valkey.start()
        assert is_touched(file, 30)


def test_a_jobs_worker_touches_the_file(settings: Settings, valkey: Server, tmp_path: Path) -> None:
    create_sqlite(settings)
    with worker(services.worker("jobs", "jobs,quick"), settings, valkey, tmp_path / "alive"):
        assert is_touched(tmp_path / "alive", 30)


def test_a_train_worker_without_a_database_does_not_touch_the_file(without_database: tuple[Path, float]) -> None:
    file, started_at = without_database

    time.sleep(max(0.0, started_at + 7 - time.monotonic()))

    assert not file.exists()


def test_without_the_setting_no_file_is_written(settings: Settings) -> None:
    assert settings.alive_file is None
    assert "EPOCHBOARD_ALIVE_FILE" not in os.environ
