"""`GET /api/runs/{id}/diagnosis`: findings, what the next runs take, and how exactly the accuracy is known."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.db.models import Run
from backend.settings import Settings
from tests.support.runs.run_life import claim_writer, launch, saved_epoch
from tests.support.runs.stored_runs import write_runs

RISING = [0.9, 0.5, 0.45, 0.6, 0.9, 1.4, 2.0, 2.6]
FALLING = [1.0, 0.5, 0.4, 0.2, 0.1, 0.05, 0.02, 0.01]


def train(database: Database, settings: Settings, **series: list[float]) -> None:
    writer = claim_writer(database, settings)
    for number, values in enumerate(zip(*series.values(), strict=True), start=1):
        metrics = dict(zip(series, values, strict=True))
        writer.save_epoch(saved_epoch(writer, number, best=metrics["val_loss"] < 0.6, seconds=2.0, **metrics))


def diagnosis(client: TestClient, run_id: str) -> dict[str, Any]:
    answer = client.get(f"/api/runs/{run_id}/diagnosis")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_run_that_overfits_is_offered_next_runs(client: TestClient, database: Database, settings: Settings) -> None:
    run_id = launch(client)
    train(database, settings, loss=FALLING, train_eval_loss=FALLING, val_loss=RISING)

    (finding,) = diagnosis(client, run_id)["items"]

    assert (finding["kind"], finding["since_epoch"]) == ("overfitting", 3)
    assert finding["text"].startswith("Overfits from epoch 3. Validation loss rose from 0.45 to 2, ")
    assert finding["evidence"]["last_train_loss"] == 0.01
    assert len(finding["next"]) == 3
    assert all(set(item) == {"title", "changes", "seconds", "earlier"} for item in finding["next"])


def test_each_next_run_can_be_launched(client: TestClient, database: Database, settings: Settings) -> None:
    run_id = launch(client)
    train(database, settings, loss=FALLING, train_eval_loss=FALLING, val_loss=RISING)
    run = client.get(f"/api/runs/{run_id}").json()

    for item in diagnosis(client, run_id)["items"][0]["next"]:
        spec = client.get(f"/api/runs/{run_id}").json()["spec"]
        for path, value in item["changes"].items():
            *parents, key = path.split(".")
            part = spec
            for parent in parents:
                part = part[parent]
            part[key] = value
        clone = client.post("/api/runs", json={"spec": spec, "cloned_from": run_id})
        assert clone.status_code == 201, clone.text
        assert clone.json()["spec"] != run["spec"]


def test_a_queued_run_has_no_findings(client: TestClient) -> None:
    assert diagnosis(client, launch(client)) == {"items": [], "accuracy": None}


@pytest.mark.parametrize("epochs", [1, 2])
def test_nan_is_found(client: TestClient, database: Database, settings: Settings, epochs: int) -> None:
    run_id = launch(client)
    losses = [0.5, float("nan")][-epochs:]
    train(database, settings, loss=losses, val_loss=losses)

    (finding,) = diagnosis(client, run_id)["items"]

    assert (finding["kind"], finding["since_epoch"]) == ("diverging", epochs)


def test_a_failed_run_without_its_dataset_is_diagnosed(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    train(database, settings, loss=[0.5, float("nan")], val_loss=[0.5, float("nan")])
    with database.write() as session:
        run = session.get_one(Run, run_id)
        run.status, run.dataset = "failed", "gone"
        run.spec = {**run.spec, "dataset": {**run.spec["dataset"], "name": "gone"}}

    (finding,) = diagnosis(client, run_id)["items"]

    assert finding["kind"] == "diverging"
    assert {item["seconds"] for item in finding["next"]} == {None}


def test_one_epoch_is_no_evidence(client: TestClient, database: Database, settings: Settings) -> None:
    run_id = launch(client)
    train(database, settings, loss=[1.9], val_loss=[1.8])
    assert diagnosis(client, run_id)["items"] == []


def test_an_unknown_run_is_not_found(client: TestClient) -> None:
    assert client.get("/api/runs/none/diagnosis").status_code == 404


def test_a_next_run_says_what_the_change_brought_in_earlier_pairs(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    train(database, settings, loss=FALLING, train_eval_loss=FALLING, val_loss=RISING)
    dropout, early_stopping = diagnosis(client, run_id)["items"][0]["next"][1:]
    assert dropout["earlier"] is None

    changes = {"model.options.flatten_dropout": dropout["changes"]["model.options.flatten_dropout"]}
    common = {"metrics": {"val_accuracy": 0.8}}
    write_runs(
        database,
        {**common, "seed": 7},
        {**common, "seed": 7, **changes, "metrics": {"val_accuracy": 0.85}},
        {**common, "seed": 8},
        {**common, "seed": 8, **changes, "metrics": {"val_accuracy": 0.79}},
        {**common, "seed": 9, **changes},  # has no partner
        {**common, "seed": 8, "batch_size": 64, **changes},  # differs in more
    )

    dropout, early_stopping = diagnosis(client, run_id)["items"][0]["next"][1:]
    assert dropout["earlier"] == {
        "n": 2, "gain": pytest.approx(0.02), "low": pytest.approx(-0.01), "high": pytest.approx(0.05),
    }  # fmt: skip
    assert early_stopping["earlier"] is None
