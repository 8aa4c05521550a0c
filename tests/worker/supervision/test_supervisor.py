"""A supervisor records how its trainer ended: killed by a signal, or by the kernel for lack of memory."""

import sys
import threading
import time
from pathlib import Path

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

KILL_SELF = "import os; from worker.trainer_lines import Sign, tell; tell(Sign.BEGINS); os.kill(os.getpid(), 9)"


def supervise(database: Database, settings: Settings) -> Run:
    """Supervises one run until the queue is empty, and returns it."""
    with database.write() as session:
        queue_new_run(session, RunCreate(recipe="digits-quick"))
    redis_stream, device = RedisStream(settings.broker_url), Device("cpu-0", "a processor")
    pool = TrainerPool(device, preforks=False, command=(sys.executable, "-c", KILL_SELF))
    stopping = threading.Event()
    Supervisor(settings, database, redis_stream, "w", device, pool, stopping, Wakeups(settings)).train_queued()
    with database.read() as session:
        return session.scalars(select(Run)).one()


def test_a_run_whose_trainer_the_oom_killer_ended_is_not_retried(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    counters = vmstat(tmp_path, 4)
    monkeypatch.setattr(supervisor, "OomKills", lambda: counted(counters, then=5))

    run = supervise(database, settings)

    assert (run.status, run.claims) == ("failed", 1)
    assert run.error is not None
    assert run.error["title"] == "Out of memory"
    assert "smaller batch size" in run.error["hint"]


def test_a_run_whose_trainer_was_killed_otherwise_is_tried_three_times(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(supervisor, "OomKills", lambda: OomKills(vmstat(tmp_path, 4)))

    run = supervise(database, settings)

    assert (run.status, run.claims) == ("failed", 3)
    assert run.error is not None
    assert run.error["title"] == "The trainer was lost three times"


def test_an_old_oom_kill_is_not_recent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_of_memory, "RECENT_SECONDS", 0.05)
    kills = counted(vmstat(tmp_path, 4), then=5)
    kills.poll()

    assert kills.is_recent()
    time.sleep(0.1)
    assert not kills.is_recent()


def test_without_a_kernel_count_there_is_no_oom_kill(tmp_path: Path) -> None:
    assert not OomKills(tmp_path / "none").is_recent()


def vmstat(folder: Path, kills: int) -> Path:
    counters = folder / "vmstat"
    counters.write_text(f"nr_free_pages 1234\noom_kill {kills}\nballoon_inflate 0\n")
    return counters


def counted(counters: Path, then: int) -> OomKills:
    """Returns a watcher whose count has increased since it was created."""
    kills = OomKills(counters)
    vmstat(counters.parent, then)
    return kills
