"""The driver queues the trials of a search, prunes, and computes importance; it may be started anew at any moment."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.lifecycle.stopping import prune
from backend.settings import Settings
from tests.support.runs.studies import create, driver, first_queued, read, runs_of, train

RATE = {"optimizer.learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}}
SPACE = {**RATE, "batch_size": [32, 64], "model.options.flatten_dropout": {"low": 0, "high": 0.5, "step": 0.1}}


def accuracy(run: dict[str, Any]) -> float:
    """Returns the result that a run of these tests has: the higher the nearer its learning rate is to 0.01."""
    return float(1 - abs(run["spec"]["optimizer"]["learning_rate"] - 0.01))


def finish_next(client: TestClient, database: Database, study: dict[str, Any]) -> None:
    run_id = first_queued(database, study)
    train(database, run_id, accuracy(client.get(f"/api/runs/{run_id}").json()))


def test_a_search_keeps_one_more_run_open_than_there_are_slots(
    client: TestClient, database: Database, settings: Settings
) -> None:
    study = create(client, kind="tpe", space=SPACE, runs=12)
    assert len(runs_of(client, study)) == 2  # without a worker as for one slot

    for _ in range(12):
        assert 0 < read(client, study)["runs"]["queued"] <= 2
        finish_next(client, database, study)
        driver(database, settings).advance()  # a new one each time, as after a restart

    runs = runs_of(client, study)
    assert [run["trial"] for run in runs] == list(range(12))
    study = read(client, study)
    assert (study["status"], study["runs"]["finished"]) == ("finished", 12)
    assert study["best"]["value"] == max(accuracy(run) for run in runs)
    assert sum(study["importance"].values()) == pytest.approx(1)
    assert set(study["importance"]) == set(SPACE)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_restart_proposes_the_same_trial(client: TestClient, database: Database, settings: Settings) -> None:
    values = []
    for _ in range(2):
        study = create(client, kind="tpe", space=SPACE, runs=7, seed=3)
        for _ in range(7):
            finish_next(client, database, study)
            driver(database, settings).advance()
        values.append([run["study_values"] for run in runs_of(client, study)])

    assert values[0] == values[1]
    assert len({str(value) for value in values[0]}) == 7


@pytest.mark.parametrize("pruner", ["median", "halving"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_hopeless_run_is_pruned_and_counted(
    client: TestClient, database: Database, settings: Settings, pruner: str
) -> None:
    study = create(client, kind="random", space=RATE, runs=7, pruner=pruner)
    runs = runs_of(client, study)
    for run in runs[:5]:
        train(database, run["id"], *[0.9] * run["epochs"])
    good, bad = runs[5]["id"], runs[6]["id"]
    train(database, good, *[0.95] * 20, status="running")
    train(database, bad, *[0.2] * 20, status="running")

    driver(database, settings).advance()

    pruned, kept = client.get(f"/api/runs/{bad}").json(), client.get(f"/api/runs/{good}").json()
    assert (pruned["status"], pruned["ended_by"], pruned["best"]["value"]) == ("stopped", "pruned", 0.2)
    assert kept["status"] == "running"
    exports = client.get(f"/api/runs/{bad}/exports").json()["items"]
    assert {export["status"] for export in exports} == {"none"}  # made on request
    assert read(client, study)["runs"]["pruned"] == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_run_that_has_trained_its_last_epoch_is_not_pruned(client: TestClient, database: Database) -> None:
    run = runs_of(client, create(client, kind="repeat", seeds=[0]))[0]
    train(database, run["id"], *[0.2] * run["epochs"], status="running")

    with database.write() as session:
        assert prune(session, run["id"]) == []

    assert client.get(f"/api/runs/{run['id']}").json()["status"] == "running"


def test_a_pruned_run_that_is_resumed_is_an_ordinary_run_and_a_pruned_trial(
    client: TestClient, database: Database, settings: Settings
) -> None:
    study = create(client, kind="random", space=RATE, runs=6, pruner="median")
    *others, last = runs_of(client, study)
    for run in others:
        train(database, run["id"], *[0.9] * run["epochs"])
    train(database, last["id"], *[0.2] * 20, status="running")
    driver(database, settings).advance()

    resumed = client.post(f"/api/runs/{last['id']}/resume", json={}).json()
    assert (resumed["status"], resumed["ended_by"], resumed["study"]) == ("queued", None, study["id"])
    train(database, last["id"], *[0.99] * 20)
    driver(database, settings).advance()

    study = read(client, study)
    assert (study["runs"]["pruned"], study["runs"]["finished"], study["best"]["value"]) == (1, 5, 0.9)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_run_without_a_finite_objective_is_a_failed_trial(
    client: TestClient, database: Database, settings: Settings
) -> None:
    study = create(client, kind="tpe", space=RATE, runs=6)
    train(database, first_queued(database, study), None)
    for _ in range(5):
        driver(database, settings).advance()
        finish_next(client, database, study)
    driver(database, settings).advance()

    study = read(client, study)
    assert study["status"] == "finished"
    assert (study["runs"]["failed"], study["runs"]["finished"]) == (1, 5)
    assert study["best"]["trial"] > 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_values_that_can_not_be_trained_together_fail_their_trial_only(
    client: TestClient, database: Database, settings: Settings
) -> None:
    """Each value is possible beside the first of the other list, but not the second of both."""
    space = {"model.options.padding": ["same", "valid"], "model.options.filters": [[8], [8] * 4]}
    study = create(client, kind="tpe", space=space, runs=10)
    for _ in range(40):
        driver(database, settings).advance()
        if run_id := first_queued(database, study):
            train(database, run_id, 0.5)

    runs = runs_of(client, study)
    assert [run["trial"] for run in runs] == list(range(10))
    errors = [run["error"] for run in runs if run["status"] == "failed"]
    assert errors
    assert "convolution" in errors[0]["detail"]
    assert read(client, study)["status"] == "finished"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_search_steps_through_whole_numbers_up_to_the_last_one_below_the_end(
    client: TestClient, database: Database, settings: Settings
) -> None:
    study = create(client, kind="tpe", space={"batch_size": {"low": 16, "high": 65, "step": 8}}, runs=6)
    for number in range(6):
        train(database, first_queued(database, study), 0.5 + number / 100)
        driver(database, settings).advance()

    assert {run["spec"]["batch_size"] for run in runs_of(client, study)} <= set(range(16, 65, 8))
    assert read(client, study)["status"] == "finished"
