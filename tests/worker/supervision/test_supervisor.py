"""What a supervisor makes of a trainer that is gone."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select

from backend.db.engine import Database
from backend.db.models import Run
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from worker.supervision import out_of_memory, supervisor
from worker.supervision.devices import Device
from worker.supervision.out_of_memory import OomKills
from worker.supervision.supervisor import Supervisor
from worker.supervision.trainer_pool import TrainerPool

KILL_ITSELF = "import os; os.kill(os.getpid(), 9)"


class Trainers:
    """Processes that end as they are told to, in place of warm trainers."""

    def take(self, _lease: Any) -> "subprocess.Popen[str]":
        command = (sys.executable, "-c", KILL_ITSELF)
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def warm(self) -> None: ...


def supervise(database: Database, settings: Settings) -> Run:
    """Let a supervisor see to one run until nothing waits, and return the run."""
    with database.write() as session:
        queue_new_run(session, RunCreate(recipe="digits-quick"))
    wire, device = RedisStream(settings.wire_url), Device("cpu-0", "a processor")
    spare, leaving = cast(TrainerPool, Trainers()), threading.Event()
    Supervisor(settings, database, wire, "w", device, spare, leaving, Wakeups(settings)).train_all()
    with database.read() as session:
        return session.scalars(select(Run)).one()


def test_a_trainer_that_the_kernel_ended_for_memory_is_not_tried_again(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    counters = vmstat(tmp_path, 4)
    monkeypatch.setattr(supervisor, "OomKills", lambda: counted(counters, then=5))

    run = supervise(database, settings)

    assert (run.status, run.claims) == ("failed", 1)
    assert run.error is not None
    assert run.error["title"] == "It ran out of memory"
    assert "smaller batch size" in run.error["hint"]


def test_one_that_somebody_killed_is_tried_three_times(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(supervisor, "OomKills", lambda: OomKills(vmstat(tmp_path, 4)))

    run = supervise(database, settings)

    assert (run.status, run.claims) == ("failed", 3)
    assert run.error is not None
    assert run.error["title"] == "Its trainer was lost three times"


def test_a_kill_long_ago_says_nothing_of_a_death_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_of_memory, "RECENT_SECONDS", 0.05)
    kills = counted(vmstat(tmp_path, 4), then=5)
    kills.look()

    assert kills.recent()
    time.sleep(0.1)
    assert not kills.recent()


def test_without_a_count_no_death_is_the_memorys(tmp_path: Path) -> None:
    assert not OomKills(tmp_path / "none").recent()


def vmstat(folder: Path, kills: int) -> Path:
    counters = folder / "vmstat"
    counters.write_text(f"nr_free_pages 1234\noom_kill {kills}\nballoon_inflate 0\n")
    return counters


def counted(counters: Path, then: int) -> OomKills:
    """A count that has risen since it was begun."""
    kills = OomKills(counters)
    vmstat(counters.parent, then)
    return kills
