"""Runs with a best model whose exports are requested: one that has ended, and one that was resumed after it."""

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.settings import Settings
from tests.support.runs.exported_runs import EndedRun, claim, finish
from tests.support.runs.run_life import claim_writer, launch, saved_epoch, saved_file
from worker.training.report import Outcome


@pytest.fixture
def ended_run(client: TestClient, database: Database, settings: Settings) -> EndedRun:
    """A run that has ended after one epoch."""
    run_id = launch(client)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 1))
    final = saved_file(writer, "final.keras")
    writer.record_end(Outcome("epochs", final, final))
    return run_id, writer


@pytest.fixture
def resumed_run(client: TestClient, database: Database, settings: Settings, ended_run: EndedRun) -> EndedRun:
    """The ended_run run with its bundle, resumed for more epochs by another trainer."""
    run_id, writer = ended_run
    finish(database, claim(database), writer)
    client.post(f"/api/runs/{run_id}/resume", json={"epochs": 50})
    return run_id, claim_writer(database, settings)
