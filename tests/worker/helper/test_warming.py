"""The helper is warmed once the board is idle, or has not been for long."""

import threading
import time
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.settings import Settings
from tests.support.run_life import launch
from worker.helper import warming
from worker.helper.warming import Warming
from worker.supervision import device_timing


class Helper:
    """Counts how often it was warmed; it is there from then on."""

    def __init__(self) -> None:
        self.warmed = threading.Event()

    def is_there(self) -> bool:
        return self.warmed.is_set()

    def warm(self) -> None:
        assert not self.warmed.is_set(), "warmed though it was there"
        self.warmed.set()


@pytest.fixture
def warmed(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Warming, Helper]]:
    """Begins to warm after 0.5 s of idleness, or 4 s in any case."""
    monkeypatch.setattr(warming, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(device_timing, "POLL_SECONDS", 0.05)
    url = database.engine.url.render_as_string(hide_password=False)
    helper = Helper()
    made = Warming(settings.model_copy(update={"database_url": url, "idle_seconds": 1.5}), helper)
    yield made, helper
    made.leave()


def test_an_idle_board_warms_its_helper(warmed: tuple[Warming, Helper]) -> None:
    made, helper = warmed
    made.begin()

    assert not helper.warmed.wait(0.3)
    assert helper.warmed.wait(3)


def test_a_run_comes_first_but_does_not_hold_it_for_ever(warmed: tuple[Warming, Helper], client: TestClient) -> None:
    made, helper = warmed
    launch(client)
    began = time.monotonic()
    made.begin()

    assert not helper.warmed.wait(2)
    assert helper.warmed.wait(8)
    assert time.monotonic() - began >= 4
