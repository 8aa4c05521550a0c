"""Runs with a best model whose exports are requested: one that has ended, and one that was resumed after it."""

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.settings import Settings
from tests.support.runs.exported_runs import EndedRun, claim, finish
from tests.support.runs.run_life import claim_writer, trained_run


@pytest.fixture
def ended_run(client: TestClient, database: Database, settings: Settings) -> EndedRun:
    """A run that has ended after one epoch."""
    return trained_run(client, database, settings)


@pytest.fixture
def resumed_run(client: TestClient, database: Database, settings: Settings, ended_run: EndedRun) -> EndedRun:
    """The ended_run run with its bundle, resumed for more epochs by another trainer."""
    run_id, writer = ended_run
    finish(database, claim(database), writer)
    client.post(f"/api/runs/{run_id}/resume", json={"epochs": 50})
    return run_id, claim_writer(database, settings)
