"""A trainer that is stopped or hangs is reported and, after a limit, killed; its run resumes with the same result."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psutil
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.application import create_app
from backend.db.engine import Database, open_database
from backend.db.models import Epoch, Event, Run
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from backend.spec import RunSpec
from tests.support.service.program import slow_spec, trainers_below
from tests.support.service.waiting import wait_until
from tests.support.storage.databases import create_sqlite
from worker.supervision.devices import Device
from worker.supervision.supervisor import Supervisor
from worker.supervision.trainer_pool import COMMAND, TrainerPool

CPU = Device("cpu-0", "a processor")
STALL_SECONDS = 2.0
HANGS = (
    "from worker.trainer_lines import Sign, tell; import time\n"
    "tell(Sign.BEGINS)\n"
    "for _ in range(5): tell(Sign.STEP); time.sleep(0.02)\n"
    "time.sleep(60)"
)


@pytest.fixture
def database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """SQLite, which trainers find by their environment."""
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("EPOCHBOARD_REDIS_URL", settings.redis_url)
    create_sqlite(settings)
    database = open_database(settings)
    yield database
    database.engine.dispose()


@contextmanager
def training(
    settings: Settings, database: Database, command: tuple[str, ...] = COMMAND, stall_seconds: float = STALL_SECONDS
) -> Iterator[None]:
    settings, stopping = replace(settings, stall_seconds=stall_seconds), threading.Event()
    pool = TrainerPool(CPU, command=command)
    stream, wakeups = RedisStream(settings.broker_url), Wakeups(settings)
    supervisor = Supervisor(settings, database, stream, "w", CPU, pool, stopping, wakeups)
    thread = threading.Thread(target=supervisor.train_queued)
    thread.start()
    yield
    stopping.set()
    thread.join()
    pool.close()


def queue(database: Database) -> str:
    spec = RunSpec.model_validate({**slow_spec(3), "dataset": {"name": "digits", "train_limit": 400}, "batch_size": 1})
    with database.write() as session:
        return queue_new_run(session, RunCreate(spec=spec))[0].id


def read_run(database: Database, run_id: str) -> Run:
    with database.read() as session:
        run = session.get(Run, run_id)
    assert run is not None
    return run


def history(database: Database, run_id: str) -> list[Any]:
    """Returns the metrics of each epoch but its seconds, and the hash of its predictions."""
    with database.read() as session:
        epochs = session.scalars(select(Epoch).where(Epoch.run_id == run_id).order_by(Epoch.epoch)).all()
    return [({**epoch.metrics, "seconds": None}, epoch.predictions_sha256) for epoch in epochs]


def log_of(database: Database, run_id: str) -> list[tuple[float, str]]:
    """Returns the log lines with their times."""
    with database.read() as session:
        events = session.scalars(select(Event).where(Event.run_id == run_id, Event.kind == "log").order_by(Event.seq))
        return [(row.time, row.payload["text"]) for row in events]


@pytest.mark.slow
def test_a_stopped_trainer_is_reported_within_three_steps_and_its_run_ends_as_if_undisturbed(
    settings: Settings, database: Database
) -> None:
    undisturbed, stopped = queue(database), queue(database)
    client = TestClient(create_app(settings))

    with training(settings, database):
        wait_until(lambda: read_run(database, stopped).epoch == 1)
        trainers_below(psutil.Process())[0].send_signal(signal.SIGSTOP)
        stopped_at = time.time()
        wait_until(lambda: client.get(f"/api/runs/{stopped}").json()["stalled_since"], 10)
        stalled_run = client.get(f"/api/runs/{stopped}").json()
        wait_until(lambda: read_run(database, stopped).status == "finished")

    reported_at, text = next(
        line for line in log_of(database, stopped) if "a signal has stopped the trainer" in line[1]
    )
    assert reported_at - stopped_at < 3 * 0.2 + 1.0, "a step is sent five times a second; one more for a busy machine"
    assert "After 2 s the worker ends the trainer, and the run resumes." in text
    assert (stalled_run["status"], stalled_run["eta_seconds"]) == ("running", None)
    run = read_run(database, stopped)
    assert (run.attempt, run.claims, run.stalls, run.stalled_since) == (2, 0, 0, None)
    assert history(database, stopped) == history(database, undisturbed)


def test_a_trainer_that_goes_on_is_not_ended(settings: Settings, database: Database) -> None:
    run_id = queue(database)
    steps = HANGS.replace("time.sleep(60)", "time.sleep(1.5); tell(Sign.STEP); time.sleep(60)")

    with training(settings, database, (sys.executable, "-c", steps), stall_seconds=6.0):
        wait_until(lambda: read_run(database, run_id).stalled_since)
        wait_until(lambda: any(text == "The trainer goes on" for _, text in log_of(database, run_id)))

        assert read_run(database, run_id).stalled_since is None
        assert read_run(database, run_id).attempt == 1


def test_a_run_that_hangs_at_the_same_place_is_not_resumed_for_ever(settings: Settings, database: Database) -> None:
    run_id = queue(database)

    with training(settings, database, (sys.executable, "-c", HANGS), stall_seconds=0.5):
        wait_until(lambda: read_run(database, run_id).status == "failed")

    run = read_run(database, run_id)
    assert (run.attempt, run.claims) == (3, 0)
    assert run.error is not None
    assert run.error["title"] == "The trainer stalled three times"
    assert "made no progress after epoch 0. The last one: No progress for" in run.error["detail"]
    assert sum("; the worker ended the trainer. Requeued" in text for _, text in log_of(database, run_id)) == 2
