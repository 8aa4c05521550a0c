"""The helper is started once the board is idle, or after a longer time in any case."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from queue import Queue

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.settings import Settings
from tests.support.runs.run_life import launch
from worker.helper import idle_starter
from worker.helper.idle_starter import IdleStarter
from worker.helper.process import HelperProcess
from worker.supervision import device_timing


class FakeHelper(HelperProcess):
    """Is running from the first `start` on, without a process."""

    def __init__(self) -> None:
        super().__init__(timeout_seconds=1)
        self.started = threading.Event()

    def is_running(self) -> bool:
        return self.started.is_set()

    def start(self) -> None:
        assert not self.started.is_set(), "started though it is running"
        self.started.set()


@pytest.fixture
def helper() -> FakeHelper:
    return FakeHelper()


@pytest.fixture
def starter(
    database: Database, settings: Settings, helper: FakeHelper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[IdleStarter]:
    """Starts the helper after 0.5 s of idleness, or after 4 s in any case."""
    monkeypatch.setattr(idle_starter, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(device_timing, "POLL_SECONDS", 0.05)
    url = database.engine.url.render_as_string(hide_password=False)
    starter = IdleStarter(replace(settings, database_url=url, idle_seconds=1.5), helper)
    yield starter
    starter.stop()


def test_the_helper_of_an_idle_board_is_started(starter: IdleStarter, helper: FakeHelper) -> None:
    starter.start()

    assert not helper.started.wait(0.3)
    assert helper.started.wait(3)


def test_an_active_run_delays_the_helper_for_a_limited_time(
    starter: IdleStarter, helper: FakeHelper, client: TestClient
) -> None:
    launch(client)
    started_at = time.monotonic()
    starter.start()

    assert not helper.started.wait(2)
    assert helper.started.wait(8)
    assert time.monotonic() - started_at >= 4


def test_a_helper_that_ends_at_once_is_started_less_and_less_often(
    starter: IdleStarter, helper: FakeHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: Queue[float] = Queue()
    monkeypatch.setattr(idle_starter, "FIRST_PAUSE_SECONDS", 0.3)
    monkeypatch.setattr(starter, "_settings", replace(starter._settings, idle_seconds=0.06))
    monkeypatch.setattr(helper, "start", lambda: starts.put(time.monotonic()))

    starter.start()
    first, second, third = (starts.get(timeout=10) for _ in range(3))

    assert second - first >= 0.3
    assert third - second >= 0.6
