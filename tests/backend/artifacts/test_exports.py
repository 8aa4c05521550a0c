"""Exports are requested, claimed by jobs, and marked ready or failed, over HTTP and on both databases."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.artifacts import exports
from backend.artifacts.schemas import ExportFigures
from backend.db.engine import Database
from backend.db.models import Artifact, Export
from backend.runs import best_model_jobs
from backend.runs.schemas import RunError
from backend.settings import Settings
from tests.support.runs.exported_runs import EndedRun, claim, finish, status_and_reason, store_digits
from tests.support.runs.run_life import launch, run_in_training, saved_epoch, sha_of

FIGURES = ExportFigures(
    images=10,
    of_images=10,
    accuracy=0.7,
    interval=(0.4, 0.9),
    original_accuracy=0.8,
    difference=-0.1,
    difference_interval=(-0.4, 0.2),
    same_answers=0.9,
    largest_difference=0.3,
    prediction_ms=1.5,
    original_prediction_ms=3.0,
    original_bytes=12,
    processor="A processor",
    calibration_images=200,
    warning="Loses 10.0 points of accuracy.",
)


def test_the_bundle_is_requested_at_the_end_and_is_404_until_it_is_proved(
    client: TestClient, database: Database, ended_run: EndedRun
) -> None:
    run_id, writer = ended_run
    waiting = client.get(f"/api/runs/{run_id}/artifacts/bundle.zip")
    finish(database, claim(database), writer)

    assert (waiting.status_code, waiting.json()["detail"]) == (
        404,
        "bundle.zip is being created and verified; try again in a few seconds.",
    )
    assert status_and_reason(client, run_id) == ("ready", None)
    assert client.get(f"/api/runs/{run_id}/artifacts/bundle.zip").content == b"zip"
    names = [item["name"] for item in client.get(f"/api/runs/{run_id}/artifacts").json()["items"]]
    assert names[:4] == ["best.keras", "final.keras", "last.keras", "bundle.zip"]


def test_a_requested_export_names_the_file_that_is_made_before_it(
    client: TestClient, database: Database, ended_run: EndedRun
) -> None:
    run_id, _ = ended_run
    client.post(f"/api/runs/{run_id}/exports/tflite")
    client.post(f"/api/runs/{run_id}/exports/onnx")
    claimed = claim(database)

    items = client.get(f"/api/runs/{run_id}/exports").json()["items"]

    assert claimed.kind == "bundle"
    assert {item["kind"]: (item["status"], item["waits_for"]) for item in items if item["status"] != "none"} == {
        "bundle": ("making", None),
        "tflite": ("wanted", "bundle.zip"),
        "onnx": ("wanted", "model.tflite"),
    }


@pytest.mark.usefixtures("ended_run")
def test_an_export_waits_for_that_of_another_run_that_was_requested_first(
    client: TestClient, database: Database, settings: Settings
) -> None:
    other_id, _ = run_in_training(client, database, settings)

    created = client.post(f"/api/runs/{other_id}/exports/onnx").json()

    assert (created["status"], created["waits_for"]) == ("wanted", "bundle.zip of another run")


def test_the_bundle_of_a_killed_run_with_a_best_model_is_requested(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id, _ = run_in_training(client, database, settings)

    client.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"})

    assert status_and_reason(client, run_id) == ("wanted", None)


def test_other_exports_are_made_on_request(client: TestClient, database: Database, ended_run: EndedRun) -> None:
    run_id, _ = ended_run
    before = client.get(f"/api/runs/{run_id}/artifacts/model.onnx").json()["detail"]

    accepted = client.post(f"/api/runs/{run_id}/exports/onnx")

    assert f"POST /api/runs/{run_id}/exports/onnx creates it" in before
    assert accepted.status_code == 202
    assert (accepted.json()["status"], accepted.json()["name"]) == ("wanted", "model.onnx")
    assert [claim(database).kind, claim(database).kind] == ["bundle", "onnx"]
    with database.write() as session:
        assert best_model_jobs.claim(session, Export) is None
    assert client.post(f"/api/runs/{run_id}/exports/onnx").json()["status"] == "making"


def test_a_failed_export_says_why_and_can_be_requested_again(
    client: TestClient, database: Database, ended_run: EndedRun
) -> None:
    run_id, _ = ended_run
    claim(database)
    client.post(f"/api/runs/{run_id}/exports/tflite")
    export = claim(database)

    with database.write() as session:
        best_model_jobs.mark_failed(session, export, "Keras could not convert this model: no such operation.")

    assert status_and_reason(client, run_id, "tflite")[0] == "failed"
    detail = client.get(f"/api/runs/{run_id}/artifacts/model.tflite").json()["detail"]
    assert detail == "model.tflite could not be created: Keras could not convert this model: no such operation."
    assert client.post(f"/api/runs/{run_id}/exports/tflite").json()["status"] == "wanted"


def test_a_run_without_a_best_model_has_nothing_to_export(client: TestClient) -> None:
    response = client.post(f"/api/runs/{launch(client)}/exports/bundle")

    assert (response.status_code, "has no best model to export yet" in response.json()["detail"]) == (409, True)
    assert client.post(f"/api/runs/{launch(client)}/exports/pickle").status_code == 422


def test_a_small_export_is_stored_with_its_figures(
    client: TestClient, database: Database, settings: Settings, ended_run: EndedRun
) -> None:
    run_id, _ = ended_run
    store_digits(database, settings)
    claim(database)
    assert client.post(f"/api/runs/{run_id}/exports/tflite_int8").status_code == 202
    export = claim(database)
    file = Artifact(run_id=run_id, name="model-int8.tflite", epoch=1, path="runs/r/exports/x/y", bytes=3, sha256="abc")

    with database.write() as session:
        exports.mark_ready(session, export, file, str(export.of_sha256), figures=FIGURES.model_dump(mode="json"))

    items = {item["kind"]: item for item in client.get(f"/api/runs/{run_id}/exports").json()["items"]}
    assert ExportFigures.model_validate(items["tflite_int8"]["figures"]) == FIGURES
    assert (items["tflite_int8"]["name"], items["tflite_float16"]["figures"]) == ("model-int8.tflite", None)


@pytest.mark.parametrize("kind", exports.MEASURED)
def test_a_small_export_needs_the_images_that_it_would_be_measured_on(
    client: TestClient, ended_run: EndedRun, kind: str
) -> None:
    run_id, _ = ended_run  # its dataset is not there

    response = client.post(f"/api/runs/{run_id}/exports/{kind}")

    assert (response.status_code, status_and_reason(client, run_id, kind)) == (409, ("none", None))
    assert "was deleted or replaced. Add the same images under this name again" in response.json()["detail"]


def test_the_bundle_of_a_failed_run_with_a_best_model_is_requested(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id, writer = run_in_training(client, database, settings)
    writer.record_failure(RunError(title="Loss became NaN", detail="", hint=""), "")

    assert status_and_reason(client, run_id) == ("wanted", None)


def test_a_longer_history_requests_another_bundle_of_the_same_model(client: TestClient, resumed_run: EndedRun) -> None:
    run_id, successor = resumed_run
    successor.save_epoch(saved_epoch(successor, 2, best=False))
    client.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"})

    assert status_and_reason(client, run_id) == ("wanted", None)


def test_a_better_model_outdates_the_bundle_and_the_next_end_requests_another(
    client: TestClient, database: Database, resumed_run: EndedRun
) -> None:
    run_id, successor = resumed_run
    successor.save_epoch(saved_epoch(successor, 2))

    row = next(item for item in client.get(f"/api/runs/{run_id}/exports").json()["items"] if item["kind"] == "bundle")
    client.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"})

    assert (row["status"], row["is_current"], row["epoch"]) == ("ready", False, 1)
    assert status_and_reason(client, run_id) == ("wanted", None)
    with database.read() as session:
        assert session.scalars(select(Export)).one().of_sha256 == sha_of("best-2.keras")
