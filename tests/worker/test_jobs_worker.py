"""A jobs worker finds datasets and exports in the database, without a message."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from backend.application import create_app
from backend.db.engine import open_database
from backend.settings import Settings
from tests.support.runs.run_life import trained_run
from tests.support.service.waiting import wait_until
from tests.support.storage.databases import create_sqlite
from worker.best_model_jobs import claimed_job
from worker.helper.process import HelperProcess
from worker.jobs_worker import JobsWorker


@pytest.fixture
def without_redis(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings of a board whose jobs worker runs in this process."""
    monkeypatch.setattr(claimed_job, "stopping", threading.Event())
    settings = replace(settings, poll_seconds=0.1, idle_seconds=600)
    create_sqlite(settings)
    jobs_worker = JobsWorker(settings, HelperProcess(30))
    jobs_worker.start()
    yield settings
    jobs_worker.stop_accepting()


def test_datasets_are_prepared_and_exports_made_while_redis_is_away(without_redis: Settings) -> None:
    database = open_database(without_redis)
    client = TestClient(create_app(without_redis))
    run_id, _ = trained_run(client, database, without_redis)  # its bundle fails: the files are no models

    def status_of_bundle() -> str:
        items = client.get(f"/api/runs/{run_id}/exports").json()["items"]
        return str(next(item["status"] for item in items if item["kind"] == "bundle"))

    wait_until(lambda: client.get("/api/datasets/digits").json()["status"] == "ready")
    wait_until(lambda: status_of_bundle() == "failed")
    database.engine.dispose()
