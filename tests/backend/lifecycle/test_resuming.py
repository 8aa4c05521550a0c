"""Resuming ended runs over HTTP, on both databases; a damaged state falls back to the one before."""

from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.db.models import Dataset, Run
from backend.settings import Settings
from tests.support.runs.resumed_runs import DIGITS, log_of, resume
from tests.support.runs.run_life import claim, claim_writer, launch, saved_epoch, saved_file
from worker.run_writer import RunWriter
from worker.training import report
from worker.training.report import Outcome


def trained(
    client: TestClient, database: Database, settings: Settings, epochs: int, ended_by: str, **spec: Any
) -> tuple[str, RunWriter]:
    """Returns a run that has ended after `epochs` epochs, and its writer."""
    run_id = launch(client, spec={**DIGITS, **spec})
    writer = claim_writer(database, settings)
    writer.record_dataset("digits", "the hash")
    writer.training_started(10)
    for number in range(1, epochs + 1):
        writer.save_epoch(saved_epoch(writer, number))
    final = saved_file(writer, "final.keras")
    writer.record_end(Outcome(ended_by, final, final))
    return run_id, writer


def test_a_stopped_run_is_queued_and_resumes_after_its_last_epoch(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id, _ = trained(client, database, settings, 2, "finish")
    with database.write() as session:
        session.execute(update(Run).values(claims=2))

    run = resume(client, run_id)
    task = claim_writer(database, settings).load_task()

    assert (run["status"], run["ended_by"], run["stop"], run["finished_at"]) == ("queued", None, None, None)
    assert (run["epoch"], run["epochs"], run["queue_position"]) == (2, 3, 1)
    assert task.state is not None
    assert task.state.name == "state-2.npz"
    with database.read() as session:
        assert session.scalars(select(Run.claims)).one() == 1
    assert "Resumed after epoch 2, up to epoch 3" in log_of(client, run_id)


def test_more_epochs_lengthen_the_second_phase_of_a_backbone_alone(
    client: TestClient, database: Database, settings: Settings
) -> None:
    model = {"backbone": "efficientnet_lite0", "options": {"train": "last_blocks"}}
    run_id, _ = trained(client, database, settings, 3, "epochs", model=model, preprocessing={"scaling": "signed"})

    run = resume(client, run_id, epochs=30)

    assert run["spec"]["model"]["options"]["head_epochs"] == 1
    assert run["phases"] == [{"first_epoch": 1, "title": "head"}, {"first_epoch": 2, "title": "last blocks"}]


def test_a_failed_run_without_an_epoch_starts_from_the_beginning(client: TestClient, database: Database) -> None:
    run_id = launch(client)
    with database.write() as session:
        session.execute(update(Run).values(status="failed", error={"title": "T", "detail": "D", "hint": "H"}))

    run = resume(client, run_id)

    assert (run["status"], run["error"], run["epoch"]) == ("queued", None, 0)
    assert "Resumed from the beginning, up to epoch" in log_of(client, run_id)


def test_a_finished_run_is_lengthened(client: TestClient, database: Database, settings: Settings) -> None:
    run_id, _ = trained(client, database, settings, 3, "epochs")

    run = resume(client, run_id, epochs=5)

    assert (run["status"], run["epochs"], run["spec"]["epochs"]) == ("queued", 5, 5)


def test_an_active_run_is_not_resumed(client: TestClient, database: Database) -> None:
    run_id = launch(client)
    detail = resume(client, run_id, 409)["detail"]
    claim(database)

    assert detail == "Run 'digits-quick' is queued; it can be resumed once it has ended."
    assert "is preparing" in resume(client, run_id, 409)["detail"]


@pytest.mark.parametrize(
    ("epochs", "message"),
    [
        (2, "at least 3, the number of epochs that the run has; you gave 2"),
        (0, "at least 1"),
        (10**9, "at most 100000"),
    ],
)
def test_fewer_epochs_are_refused(
    client: TestClient, database: Database, settings: Settings, epochs: int, message: str
) -> None:
    run_id, _ = trained(client, database, settings, 3, "epochs")

    refused = resume(client, run_id, 422, epochs=epochs)

    assert refused["errors"][0]["loc"] == ["epochs"]
    assert message in refused["errors"][0]["msg"]


def test_a_finished_run_needs_more_epochs_to_resume(client: TestClient, database: Database, settings: Settings) -> None:
    run_id, _ = trained(client, database, settings, 3, "epochs")

    assert resume(client, run_id, 409)["detail"] == (
        "Run 'digits strided_cnn' has trained all of its 3 epochs; set `epochs` to a larger number."
    )


def test_a_run_that_would_stop_early_again_is_not_lengthened(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id, _ = trained(client, database, settings, 2, "early_stopping")

    assert "would end it there again; clone the run" in resume(client, run_id, 409, epochs=9)["detail"]


def test_a_run_whose_loss_was_nan_is_not_resumed(client: TestClient, database: Database, settings: Settings) -> None:
    run_id = launch(client, spec=DIGITS)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 1, loss=float("nan")))
    with database.write() as session:
        session.execute(update(Run).values(status="failed"))

    assert "clone the run with a smaller learning rate" in resume(client, run_id, 409)["detail"]


COSINE: dict[str, Any] = {"name": "adam", "schedule": {"name": "cosine"}}
STEPS: dict[str, Any] = {"name": "adam", "schedule": {"name": "step", "every": 2}}


def test_a_schedule_over_all_epochs_is_not_stretched(
    client: TestClient, database: Database, settings: Settings
) -> None:
    cosine, _ = trained(client, database, settings, 2, "finish", optimizer=COSINE)
    steps, _ = trained(client, database, settings, 2, "finish", optimizer=STEPS)

    refused = resume(client, cosine, 422, epochs=9)

    assert "the cosine schedule spreads its learning rates over all epochs" in refused["errors"][0]["msg"]
    assert resume(client, cosine)["status"] == "queued"
    assert resume(client, steps, epochs=9)["epochs"] == 9


def test_a_changed_dataset_is_refused_with_both_hashes(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id, _ = trained(client, database, settings, 1, "finish")
    manifest = {"content_hash": "another hash", "classes": list("0123456789"), "image_shape": [8, 8, 1], "counts": {}}
    with database.write() as session:
        session.add(Dataset(name="digits", status="ready", folder="d", manifest=manifest, touched_at=0.0))

    detail = resume(client, run_id, 409)["detail"]

    assert "its content hash is another hash; its content hash was the hash" in detail


def test_a_deleted_dataset_is_refused_with_its_name_and_hash(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id, _ = trained(client, database, settings, 1, "finish")
    with database.write() as session:
        session.execute(update(Run).values(dataset="photos"))

    detail = resume(client, run_id, 409)["detail"]

    assert "there is no dataset 'photos'" in detail
    assert "its content hash was the hash" in detail


def test_a_longer_run_keeps_its_test_score_until_it_has_a_new_best_model(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client, spec=DIGITS)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 3))
    final, predictions = saved_file(writer, "final.keras"), saved_file(writer, "predictions-3-test.npz")
    writer.record_end(Outcome("epochs", final, final, report.TestScore(3, {"accuracy": 0.75}, predictions)))
    resume(client, run_id, epochs=9)
    successor = claim_writer(database, settings)

    successor.save_epoch(saved_epoch(successor, 4, best=False))
    after_a_worse_epoch = client.get(f"/api/runs/{run_id}").json()["test"]
    successor.save_epoch(saved_epoch(successor, 5))

    assert after_a_worse_epoch == {"epoch": 3, "metrics": {"accuracy": 0.75}}
    assert client.get(f"/api/runs/{run_id}").json()["test"] is None
    assert not predictions.path.exists()


def test_the_time_between_two_attempts_is_not_counted_as_an_epoch(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id, _ = trained(client, database, settings, 2, "finish")
    before = client.get(f"/api/runs/{run_id}").json()
    resume(client, run_id)
    successor = claim_writer(database, settings)
    successor.training_started(10)
    resumed = client.get(f"/api/runs/{run_id}").json()
    successor.save_epoch(saved_epoch(successor, 3, seconds=5.0))

    assert before["epoch_at"] is not None
    assert (resumed["status"], resumed["epoch_at"], resumed["eta_seconds"]) == ("running", None, None)
    assert client.get(f"/api/runs/{run_id}").json()["eta_seconds"] == 0.0
