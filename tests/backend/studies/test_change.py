"""A study is stopped, extended and deleted; requests at the same moment follow each other."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.lifecycle import batches
from backend.settings import Settings
from tests.support.runs.studies import create, driver, read, runs_of, train

RATE = {"optimizer.learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}}


def test_a_stop_ends_the_queued_runs_and_lets_those_in_training_go_on(client: TestClient, database: Database) -> None:
    study = create(client, kind="repeat", seeds=[0, 1, 2])
    first = runs_of(client, study)[0]
    train(database, first["id"], 0.5, status="running")

    stopped = client.post(f"/api/studies/{study['id']}/stop")

    assert stopped.status_code == 202
    assert stopped.json()["status"] == "stopped"
    assert [run["status"] for run in runs_of(client, study)] == ["running", "stopped", "stopped"]
    assert client.delete(f"/api/studies/{study['id']}").status_code == 409
    client.post(f"/api/studies/{study['id']}/stop", json={"mode": "kill"})
    assert [run["ended_by"] for run in runs_of(client, study)] == ["kill", "finish", "finish"]
    assert client.post(f"/api/studies/{study['id']}/stop").status_code == 409


def test_a_stop_of_many_runs_takes_several_transactions(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    study = create(client, kind="repeat", seeds=[0, 1, 2, 3, 4])

    stopped = client.post(f"/api/studies/{study['id']}/stop", json={"mode": "kill"}).json()

    assert (stopped["status"], stopped["runs"]["stopped"], stopped["runs"]["queued"]) == ("stopped", 5, 0)


def test_an_extension_trains_more_seeds_of_each_point(client: TestClient) -> None:
    study = create(client, kind="grid", space={"batch_size": [32, 64]}, seeds=[0, 5])
    assert study["extension_step"] == 2

    uneven = client.post(f"/api/studies/{study['id']}/extend", json={"runs": 3})
    assert (uneven.status_code, uneven.json()["errors"][0]["loc"]) == (422, ["runs"])
    assert "Must be a multiple of 2" in uneven.json()["detail"]
    too_many = client.post(f"/api/studies/{study['id']}/extend", json={"runs": 498})
    assert "at most 500 are allowed" in too_many.json()["detail"]

    extended = client.post(f"/api/studies/{study['id']}/extend", json={"runs": 2})
    assert (extended.status_code, extended.json()["runs"]["total"]) == (202, 6)
    assert [run["study_values"]["seed"] for run in runs_of(client, study)] == [0, 0, 5, 5, 6, 6]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_stopped_search_goes_on_when_it_is_extended(
    client: TestClient, database: Database, settings: Settings
) -> None:
    study = create(client, kind="tpe", space=RATE, runs=20)
    client.post(f"/api/studies/{study['id']}/stop", json={"mode": "kill"})
    driver(database, settings).advance()
    assert read(client, study)["runs"]["total"] == 2

    extended = client.post(f"/api/studies/{study['id']}/extend", json={"runs": 3}).json()
    driver(database, settings).advance()

    assert (extended["status"], extended["runs"]["total"], extended["runs"]["to_come"]) == ("running", 5, 3)
    assert [run["status"] for run in runs_of(client, study)] == ["stopped", "stopped", "queued", "queued"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_search_goes_on_if_it_is_extended_while_the_driver_settles_it(
    client: TestClient, database: Database, settings: Settings
) -> None:
    """It is extended to as many runs as it had before it was stopped."""
    study = create(client, kind="tpe", space=RATE, runs=20)
    client.post(f"/api/studies/{study['id']}/stop", json={"mode": "kill"})
    settling = driver(database, settings)
    view = settling._view(study["id"])
    client.post(f"/api/studies/{study['id']}/extend", json={"runs": 18})

    settling._settle(view)
    driver(database, settings).advance()

    assert read(client, study)["runs"]["queued"] == 2


def test_an_extension_that_is_too_large_is_refused_at_once(client: TestClient) -> None:
    study = create(client, kind="repeat", seeds=[0])

    answer = client.post(f"/api/studies/{study['id']}/extend", json={"runs": 100_000})

    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["runs"])
    assert "100,001 runs; at most 500" in answer.json()["detail"]
    assert answer.elapsed.total_seconds() < 2  # to make so many trials takes ten seconds


def test_two_studies_stopped_and_extended_at_the_same_moment(
    client: TestClient, database: Database, settings: Settings
) -> None:
    studies = [create(client, kind="repeat", seeds=[0, 1]), create(client, kind="tpe", space=RATE, runs=6)]

    def post(address: str) -> int:
        return client.post(address, json={"runs": 2} if address.endswith("extend") else {"mode": "kill"}).status_code

    addresses = [f"/api/studies/{study['id']}/{do}" for study in studies for do in ("stop", "extend", "extend")]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(post, addresses))
    driver(database, settings).advance()

    assert set(answers) == {202}
    for study in studies:
        runs, counts, status = runs_of(client, study), read(client, study)["runs"], read(client, study)["status"]
        assert [run["trial"] for run in runs] == list(range(len(runs)))
        assert counts["total"] == len(runs) + counts["to_come"]
        is_over = all(run["status"] == "stopped" for run in runs)
        assert (status == "stopped") == is_over


def test_a_deleted_study_takes_its_runs_along(client: TestClient, database: Database) -> None:
    study, other = create(client, kind="repeat", seeds=[0]), create(client, kind="repeat", seeds=[0])
    assert client.delete(f"/api/studies/{study['id']}").status_code == 409
    train(database, runs_of(client, study)[0]["id"], 0.9)

    assert client.delete(f"/api/studies/{study['id']}").status_code == 204
    assert client.get(f"/api/studies/{study['id']}").status_code == 404
    assert client.get("/api/runs").json()["total"] == len(runs_of(client, other)) == 1
