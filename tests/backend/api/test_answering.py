"""How a run's exports answer is chosen over HTTP, and makes them again."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.db.models import Export
from backend.runs import best_model_jobs
from backend.settings import Settings
from tests.support.runs.run_life import launch, trained_run


@pytest.fixture
def run(client: TestClient, database: Database, settings: Settings) -> str:
    """A run that has ended after one epoch, whose bundle was requested at its end."""
    run_id, _ = trained_run(client, database, settings)
    return run_id


def test_a_run_answers_always_and_as_trained_until_a_choice_is_made(client: TestClient, run: str) -> None:
    assert client.get(f"/api/runs/{run}/answering").json() == {"temperature": False, "threshold": None}


def test_a_choice_is_kept_and_makes_the_exports_again(client: TestClient, database: Database, run: str) -> None:
    with database.write() as session:
        claimed = best_model_jobs.claim(session, Export)
    assert claimed is not None

    answer = client.put(f"/api/runs/{run}/answering", json={"temperature": True, "threshold": 0.8})

    assert answer.json() == {"temperature": True, "threshold": 0.8}
    assert client.get(f"/api/runs/{run}/answering").json() == answer.json()
    with database.write() as session:
        assert not best_model_jobs.touch(session, claimed), "the job that makes it as trained has lost its claim"
        assert [row.status for row in session.query(Export)] == ["wanted"]


def test_a_choice_that_is_not_allowed(client: TestClient, run: str) -> None:
    refused: dict[str, list[dict[str, Any]]] = {
        "threshold": [{"temperature": True, "threshold": -0.1}, {"temperature": True, "threshold": 1.5}],
        "temperature": [{"threshold": 0.5}, {"temperature": "yes"}],
        "top": [{"temperature": True, "threshold": None, "top": 3}],
    }
    for field, bodies in refused.items():
        for body in bodies:
            answer = client.put(f"/api/runs/{run}/answering", json=body)
            assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, [field])


def test_a_run_without_a_model_can_not_choose(client: TestClient) -> None:
    run_id = launch(client)
    answer = client.put(f"/api/runs/{run_id}/answering", json={"temperature": False, "threshold": 0.5})
    assert answer.status_code == 409
    assert "no best model that could answer yet" in answer.json()["detail"]
