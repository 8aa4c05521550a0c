"""A database that is locked or does not answer ends no training, and is named where it is the reason."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, event, select
from sqlalchemy.exc import OperationalError

from backend.db import engine
from backend.db.engine import Database, open_database
from backend.db.models import Event, Run
from backend.lifecycle import leases
from backend.lifecycle.housekeeping import Housekeeping
from backend.lifecycle.leases import Lease
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from tests.support.runs.run_life import claim_writer
from tests.support.service.waiting import wait_until
from tests.support.storage.databases import create_sqlite
from worker.supervision import lease_keeper, supervisor
from worker.supervision.devices import Device
from worker.supervision.lease_keeper import LeaseKeeper
from worker.supervision.supervisor import Supervisor
from worker.supervision.trainer_pool import TrainerPool

LEASE_SECONDS = 1.5
BEGINS = r"printf '\n\036trainer: begins\n'; "
WAITS = ("sh", "-c", f"{BEGINS} exec sleep 60")
GIVES_UP = ("sh", "-c", rf"{BEGINS} sleep 0.2; printf '\036trainer: no-database database is locked\n'; exit 4")

STOPS_IN_A_TRANSACTION = """
import os, signal, pysqlite3
from worker.trainer_lines import Sign, tell
tell(Sign.BEGINS)
connection = pysqlite3.connect(os.environ["EPOCHBOARD_DATA_DIR"] + "/epochboard.db", isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
os.kill(os.getpid(), signal.SIGSTOP)
"""


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Settings with a lease of 1.5 seconds."""
    return replace(settings, lease_seconds=LEASE_SECONDS, heartbeat_seconds=0.2)


@pytest.fixture
def impatient(quick: Settings) -> Iterator[Database]:
    """SQLite with one queued run, which waits for a lock for a tenth of a second only."""
    create_sqlite(quick)
    database = open_database(quick)
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=100"))
    with database.write() as session:
        queue_new_run(session, RunCreate(recipe="digits-quick"))
    yield database
    database.engine.dispose()


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Holds the lock of the writer, as a foreign program may do."""
    foreign = open_database(settings)
    with foreign.write() as session:
        session.connection()
        yield
    foreign.engine.dispose()


@contextmanager
def supervised(settings: Settings, database: Database, command: tuple[str, ...]) -> Iterator[Supervisor]:
    device, stream, stopping = Device("cpu-0", ""), RedisStream(settings.broker_url), threading.Event()
    pool = TrainerPool(device, preforks=False, command=command)
    supervised = Supervisor(settings, database, stream, "w", device, pool, stopping, Wakeups(settings))
    thread = threading.Thread(target=supervised.train_queued)
    thread.start()
    try:
        yield supervised
    finally:
        stopping.set()
        thread.join()


@contextmanager
def reaping(settings: Settings, database: Database) -> Iterator[None]:
    """Reaps three times a second, as the service does every five seconds."""
    housekeeping = Housekeeping(settings, database, RedisStream(settings.broker_url), Wakeups(settings))
    stopping = threading.Event()

    def reap() -> None:
        while not stopping.wait(0.3):
            try:
                housekeeping.reap()
            except OperationalError:  # the database is locked; the service tries again, too
                continue

    thread = threading.Thread(target=reap)
    thread.start()
    yield
    stopping.set()
    thread.join()


def read_run(database: Database) -> Run:
    with database.read() as session:
        return session.scalars(select(Run)).one()


def log_of(database: Database) -> list[str]:
    with database.read() as session:
        return [row.payload["text"] for row in session.scalars(select(Event).where(Event.kind == "log"))]


def test_a_lock_that_outlasts_the_lease_loses_no_lease(
    quick: Settings, impatient: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_keeper, "RETRY_SECONDS", 0.02)  # the reaper here is quicker than in production, too
    with reaping(quick, impatient), supervised(quick, impatient, WAITS):
        wait_until(lambda: read_run(impatient).status == "preparing")
        with locked(quick):
            time.sleep(1.4 * LEASE_SECONDS)
        time.sleep(0.5 * LEASE_SECONDS)
        run = read_run(impatient)

    assert (run.status, run.attempt, run.claims) == ("preparing", 1, 1)
    assert log_of(impatient)[:-1] == []  # the last line is about the end of this test's worker


def test_a_trainer_without_a_database_is_requeued_with_the_error_of_the_database(
    quick: Settings, impatient: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "RETRY_SECONDS", 0.05)
    with supervised(quick, impatient, GIVES_UP):
        wait_until(lambda: read_run(impatient).status == "preparing")
        with locked(quick):
            time.sleep(0.6)
        wait_until(lambda: log_of(impatient))

    reason = "The database did not answer the trainer (database is locked). Requeued; training starts again"
    assert log_of(impatient)[0].startswith(reason)
    assert read_run(impatient).claims == 0


def test_a_worker_without_a_database_stops_its_trainer_before_the_lease_ends(quick: Settings) -> None:
    unreachable = Database(create_engine("sqlite:////no/such/folder/epochboard.db"))
    keeper = LeaseKeeper(replace(quick, lease_seconds=0.9), unreachable, Lease("r", 1))
    started_at = time.monotonic()

    keeper._confirmed_at -= 60
    while not keeper.is_overdue:
        keeper.renew_or_check()
        time.sleep(0.02)

    assert 0.6 <= time.monotonic() - started_at < 0.9
    assert keeper.error == "unable to open database file"


def test_a_trainer_that_is_stopped_while_it_holds_the_lock_is_ended(
    quick: Settings, impatient: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", str(quick.data_dir))
    with supervised(quick, impatient, (sys.executable, "-c", STOPS_IN_A_TRANSACTION)):
        wait_until(lambda: log_of(impatient))

    assert (
        "could not renew its lease (database is locked, and a signal has stopped the trainer)" in log_of(impatient)[0]
    )
    assert read_run(impatient).claims == 0


def test_a_trainer_waits_while_the_database_is_locked(
    quick: Settings, impatient: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "RETRY_SECONDS", 0.02)
    writer = claim_writer(impatient, quick)
    steps: list[str] = []

    def train() -> None:
        writer.load_task()
        writer.record_dataset("digits", "a hash")
        steps.append(str(writer.is_stop_requested()))

    thread = threading.Thread(target=train)
    with locked(quick):
        thread.start()
        time.sleep(0.4)
    thread.join()

    assert steps == ["False"]


def test_the_reaper_spares_leases_that_expired_while_none_could_be_renewed(quick: Settings) -> None:
    create_sqlite(quick)
    database = open_database(quick)
    with database.write() as session:
        queue_new_run(session, RunCreate(recipe="digits-quick"))
        leases.claim(session, "w", "cpu-0", -1)

    with database.write() as session:
        assert leases.reap(session, outage_seconds=60) == []
        assert len(leases.reap(session)) == 2
    database.engine.dispose()
