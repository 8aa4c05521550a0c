"""A restarted worker requeues what its killed process trained, and nothing that a living process of its name trains."""

from dataclasses import replace
from unittest.mock import Mock

import pytest
from sqlalchemy.exc import OperationalError

from backend import workers
from backend.db.engine import open_database
from backend.db.models import Run
from backend.lifecycle import leases
from backend.lifecycle.leases import Lease
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from tests.support.service.waiting import wait_until
from tests.support.storage.databases import create_sqlite
from worker.train_worker import TrainWorker

NAME = "train-0@here"


def test_runs_whose_lease_is_not_renewed_are_requeued_with_a_wake_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_sqlite(settings)
    database = open_database(settings)
    held: list[Lease] = []
    with database.write() as session:
        for _ in range(2):
            queue_new_run(session, RunCreate(recipe="digits-quick"))
            claimed = leases.claim(session, NAME, "cpu-0", 600)
            assert claimed is not None
            held.append(claimed[0])
    lost, living = held
    worker = TrainWorker(replace(settings, heartbeat_seconds=0.3), NAME)
    monkeypatch.setattr(worker._wakeups, "train", notified := Mock())

    worker._watch_predecessor()
    with database.write() as session:
        leases.renew(session, living, 600)
    wait_until(lambda: notified.called)

    notified.assert_called_once_with(lost.run_id)
    with database.read() as session:
        assert [session.get_one(Run, lease.run_id).status for lease in held] == ["queued", "preparing"]
    database.engine.dispose()


def test_a_heartbeat_that_the_database_does_not_answer_is_logged_in_one_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    create_sqlite(settings)
    worker = TrainWorker(settings, NAME)

    def no_answer(*_arguments: object) -> None:
        worker.stop_accepting()
        raise OperationalError("UPDATE workers", {}, Exception("connection refused"))

    monkeypatch.setattr(workers, "report", no_answer)
    worker._send_heartbeats()

    sentence = "a heartbeat failed; the next one is in 5 s: the database did not answer (connection refused)"
    assert [(record.getMessage(), record.exc_info) for record in caplog.records] == [(sentence, None)]
    assert not worker.is_alive()
