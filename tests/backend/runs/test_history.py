"""`history.csv`, the downloadable table of a run's epochs."""

import hashlib

from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.runs.history import history_csv
from backend.runs.metrics.names import METRICS
from backend.settings import Settings
from tests.support.run_life import claim_writer, launch, saved_epoch
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
