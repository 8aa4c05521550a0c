"""What a supervisor makes of a trainer that is gone."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select

from backend import runs
from backend.db import Database
from backend.events import Wire
from backend.models import Run
from backend.schemas import RunCreate
from backend.settings import Settings
from worker import supervisor
from worker.memory import oom_kills
from worker.slots import Device
from worker.spare import Spare
from worker.supervisor import Supervisor

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
        runs.create(session, RunCreate(recipe="digits-quick"))
    wire, device = Wire(settings.wire_url), Device("cpu-0", "a processor")
    Supervisor(settings, database, wire, "w", device, cast(Spare, Trainers()), threading.Event()).train_all()
    with database.read() as session:
        return session.scalars(select(Run)).one()


def test_a_trainer_that_the_kernel_ended_for_memory_is_not_tried_again(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = iter([4, 5])
    monkeypatch.setattr(supervisor, "oom_kills", lambda: next(counts))

    run = supervise(database, settings)

    assert (run.status, run.claims) == ("failed", 1)
    assert run.error is not None
    assert run.error["title"] == "It ran out of memory"
    assert "smaller batch size" in run.error["hint"]


def test_one_that_somebody_killed_is_tried_three_times(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "oom_kills", lambda: 4)

    run = supervise(database, settings)

    assert (run.status, run.claims) == ("failed", 3)
    assert run.error is not None
    assert run.error["title"] == "Its trainer was lost three times"


def test_the_kernels_count_is_read_where_there_is_one(tmp_path: Path) -> None:
    counters = tmp_path / "vmstat"
    counters.write_text("nr_free_pages 1234\noom_kill 7\nballoon_inflate 0\n")

    assert oom_kills(counters) == 7
    assert oom_kills(tmp_path / "none") == 0
