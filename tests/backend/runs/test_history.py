"""`history.csv`, the downloadable table of a run's epochs."""

import hashlib
import math

import pytest
from starlette.testclient import TestClient

from backend.artifacts import downloads
from backend.db.engine import Database
from backend.db.models import Artifact, Run
from backend.runs.event_log import stored_events
from backend.runs.history import history_csv
from backend.runs.metrics.names import METRICS
from backend.settings import Settings
from tests.support.runs.run_life import claim_writer, launch, run_in_training, saved_epoch
from worker.training.callbacks import stream_metrics


def test_each_epoch_is_a_row_and_nan_is_an_empty_cell(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 1, learning_rate=0.001, penalty=0.1 + 0.2, seconds=1.5, train_eval_loss=0.9))
    writer.save_epoch(saved_epoch(writer, 2, loss=float("nan"), val_loss=float("inf"), seconds=2.0))

    with database.read() as session:
        text = history_csv(session, run_id)

    assert text == (
        "epoch,loss,accuracy,val_loss,val_accuracy,val_macro_f1,learning_rate,penalty,seconds,train_eval_loss,train_eval_accuracy\n"
        "1,1.0,0.5,2.0,0.4,0.3,0.001,0.30000000000000004,1.5,0.9,\n"
        "2,,0.5,,0.4,0.3,,,2.0,,\n"
    )


def test_its_columns_are_the_trainers_metrics() -> None:
    assert vars(stream_metrics)["METRICS"] == METRICS


def test_its_size_and_hash_are_stored_with_each_epoch_and_announced(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    writer = claim_writer(database, settings)
    for number in (1, 2, 3):
        writer.save_epoch(saved_epoch(writer, number, best=number < 3, loss=math.nan, seconds=number / 3))

    content = client.get(f"/api/runs/{run_id}/artifacts/history.csv").content
    with database.read() as session:
        stored = session.get_one(Artifact, (run_id, "history.csv"))
        announced = [event.payload["files"] for event in stored_events(session, run_id, 0) if event.kind == "epoch"]
    row = {"name": "history.csv", "epoch": 3, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert (stored.bytes, stored.sha256) == (row["bytes"], row["sha256"])
    assert [[file["name"] for file in files] for files in announced] == [
        ["best.keras", "history.csv"],
        ["best.keras", "history.csv"],
        ["history.csv"],
    ]
    assert announced[-1] == [row]


def test_a_run_that_ended_before_it_was_stored_has_it_after_its_first_list(
    client: TestClient, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, _ = run_in_training(client, database, settings)
    with database.write() as session:
        session.delete(session.get_one(Artifact, (run_id, "history.csv")))
        session.get_one(Run, run_id).status = "finished"

    first = client.get(f"/api/runs/{run_id}/artifacts").json()
    monkeypatch.setitem(downloads.GENERATED, "history.csv", lambda _session, _run: pytest.fail("written again"))

    assert client.get(f"/api/runs/{run_id}/artifacts").json() == first


def test_it_can_be_downloaded_after_the_first_epoch(client: TestClient, database: Database, settings: Settings) -> None:
    address = f"/api/runs/{launch(client)}/artifacts"
    writer = claim_writer(database, settings)
    assert client.get(f"{address}/history.csv").status_code == 404
    writer.save_epoch(saved_epoch(writer, 1, seconds=1.5))

    answer = client.get(f"{address}/history.csv")

    assert answer.headers["content-type"].startswith("text/csv")
    digest = hashlib.sha256(answer.content).hexdigest()
    assert answer.headers["etag"] == f'"{digest}"'
    row = next(item for item in client.get(address).json()["items"] if item["name"] == "history.csv")
    assert row == {"name": "history.csv", "bytes": len(answer.content), "sha256": digest, "epoch": 1}
    assert client.get(f"{address}/history.csv", headers={"If-None-Match": f'"{digest}"'}).status_code == 304
