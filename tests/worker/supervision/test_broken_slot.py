"""A slot that can't start a trainer takes no run down: the run goes back as it was, the slot pauses and says why."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.application import create_app
from backend.db.engine import Database, open_database
from backend.db.models import Run
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.runs.create import queue_new_run
from backend.runs.event_log import stored_events
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from tests.support.service.waiting import wait_until
from tests.support.storage.databases import create_sqlite
from tests.support.training import stand_in_trainer
from worker.supervision import slot_health
from worker.supervision.devices import Device
from worker.supervision.slot_health import SlotHealth
from worker.supervision.supervisor import Supervisor
from worker.supervision.trainer_pool import COMMAND, TrainerPool
from worker.train_worker import TrainWorker

CPU = Device("cpu-0", "a processor")
NO_KERAS = "ModuleNotFoundError: No module named 'keras'"


@pytest.fixture
def queued(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with ten queued runs, which trainers find by their environment. Slots pause for a moment only."""
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("EPOCHBOARD_REDIS_URL", settings.redis_url)
    monkeypatch.setattr(slot_health, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(slot_health, "MAX_PAUSE_SECONDS", 0.1)
    create_sqlite(settings)
    database = open_database(settings)
    with database.write() as session:
        for _ in range(10):
            queue_new_run(session, RunCreate(recipe="digits-quick"))
    yield database
    database.engine.dispose()


@pytest.fixture
def no_keras(tmp_path: Path) -> Path:
    """A folder for PYTHONPATH in which Keras can't be imported."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "keras.py").write_text("raise ModuleNotFoundError(\"No module named 'keras'\")\n")
    return tmp_path / "broken"


def sick_pool(no_keras: Path) -> TrainerPool:
    return TrainerPool(CPU, command=("env", f"PYTHONPATH={no_keras}", *COMMAND))


def supervisor(settings: Settings, database: Database, worker: str, pool: TrainerPool) -> Supervisor:
    stream, stopping = RedisStream(settings.broker_url), threading.Event()
    return Supervisor(settings, database, stream, worker, CPU, pool, stopping, Wakeups(settings))


@contextmanager
def training(supervisor: Supervisor) -> Iterator[None]:
    thread = threading.Thread(target=supervisor.train_queued)
    thread.start()
    try:
        yield
    finally:
        supervisor.stopping.set()
        thread.join()
        supervisor.pool.close()


def runs(database: Database) -> list[Run]:
    with database.read() as session:
        return list(session.scalars(select(Run).order_by(Run.queued_at, Run.id)))


@pytest.mark.slow
def test_a_healthy_worker_trains_the_runs_that_a_broken_one_gives_back(
    settings: Settings, queued: Database, no_keras: Path
) -> None:
    sick = supervisor(settings, queued, "sick", sick_pool(no_keras))
    healthy_pool = TrainerPool(CPU, command=stand_in_trainer.COMMAND)
    healthy = supervisor(settings, queued, "healthy", healthy_pool)

    with training(sick):
        wait_until(lambda: sick.error)
        with training(healthy):
            wait_until(lambda: all(run.status == "finished" for run in runs(queued)), 60)
        assert sick.error == NO_KERAS

    assert {(run.status, run.worker, run.attempt) for run in runs(queued)} == {("finished", "healthy", 1)}


@pytest.mark.slow
def test_a_broken_worker_alone_leaves_all_runs_in_the_queue(
    settings: Settings, queued: Database, no_keras: Path
) -> None:
    before = [run.id for run in runs(queued)]
    sick = supervisor(settings, queued, "sick", sick_pool(no_keras))

    with training(sick):
        wait_until(lambda: sick.health._failures >= 3)

    assert [run.id for run in runs(queued)] == before
    assert {(run.status, run.claims, run.attempt, run.started_at) for run in runs(queued)} == {("queued", 0, 0, None)}
    logged = [text for run in runs(queued) for text in log_of(queued, run.id)]
    assert logged == [f"Slot cpu-0 of worker sick can't start a trainer ({NO_KERAS}). The run waits for a worker."], (
        "only the first failure took a run"
    )


def test_a_slot_without_memory_for_a_process_gives_its_run_back(
    settings: Settings, queued: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = TrainerPool(CPU, command=stand_in_trainer.COMMAND)
    supervised = supervisor(settings, queued, "w", pool)
    start = subprocess.Popen

    def fail(*_arguments: Any, **_options: Any) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(subprocess, "Popen", fail)
    with training(supervised):
        wait_until(lambda: supervised.error == "[Errno 12] Cannot allocate memory")
        wait_until(lambda: {run.status for run in runs(queued)} == {"queued"})
        monkeypatch.setattr(subprocess, "Popen", start)
        wait_until(lambda: runs(queued)[0].status == "finished")

    assert supervised.error is None
    assert runs(queued)[0].attempt == 1


def test_a_trainer_that_hangs_in_its_imports_is_the_fault_of_its_slot(
    settings: Settings, queued: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.supervision.trainer_watch.START_SECONDS", 0.1)
    supervised = supervisor(settings, queued, "w", TrainerPool(CPU, command=("sleep", "60")))

    with training(supervised):
        wait_until(lambda: supervised.error)

    assert {(run.status, run.claims) for run in runs(queued)} == {("queued", 0)}


@pytest.mark.usefixtures("queued")
def test_the_workers_page_shows_why_a_slot_is_broken(
    settings: Settings, no_keras: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(no_keras))
    worker = TrainWorker(replace(settings, heartbeat_seconds=0.1), "train-0@here")
    client = TestClient(create_app(settings))

    worker.start()
    wait_until(lambda: slots(client) and slots(client)[0]["error"])
    (slot,) = slots(client)
    worker.stop_accepting()
    worker.close()

    assert slot["error"] == f"No trainer can be started: {NO_KERAS}."
    assert 0.0 <= slot["paused_seconds"] <= 0.1


def test_the_pause_doubles_up_to_a_limit_and_starts_anew_after_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    health, pauses = SlotHealth(), []
    for _ in range(10):
        health.failed("no memory")
        pauses.append(health.pause_seconds())
    health.recovered()
    health.begun()
    health.failed("no memory")

    assert pauses == [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 300.0, 300.0]
    assert health.pause_seconds() == 2.0


def slots(client: TestClient) -> list[dict[str, Any]]:
    return [slot for worker in client.get("/api/workers").json()["items"] for slot in worker["slots"]]


def log_of(database: Database, run_id: str) -> list[str]:
    with database.read() as session:
        return [event.payload["text"] for event in stored_events(session, run_id, 0) if event.kind == "log"]
