"""Evaluations are requested, claimed by jobs, and read, over HTTP and on both databases."""

from typing import Any

import numpy as np
import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.db.models import Evaluation
from backend.errors import NotFound
from backend.evaluations.jobs import folder_name
from backend.evaluations.results import last_layer_features, training_probabilities
from backend.runs import best_model_jobs
from backend.runs.change import delete_ended_run
from backend.runs.read import get_run
from backend.settings import Settings
from tests.support.runs.evaluations import claim, ended_run, finish, finish_robustness
from tests.support.runs.run_life import claim_writer, launch, saved_epoch
from worker.evaluations.evaluation_runner import claim_next
from worker.run_writer import RunWriter

EndedRun = tuple[str, RunWriter]


@pytest.fixture
def run(client: TestClient, database: Database, settings: Settings) -> EndedRun:
    return ended_run(client, database, settings)


def evaluations(client: TestClient, run_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(f"/api/runs/{run_id}/evaluations").json()["items"]
    return items


def test_a_map_is_requested_computed_and_read(
    client: TestClient, database: Database, settings: Settings, run: EndedRun
) -> None:
    run_id, _ = run
    requested = client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "map"})
    job = claim(database)
    with database.write() as session:
        best_model_jobs.touch(session, job, progress=0.5)
    running = client.get(f"/api/runs/{run_id}/map")
    finish(database, settings, job)
    ready = client.get(f"/api/runs/{run_id}/map")

    assert (requested.status_code, requested.json()["status"], requested.json()["progress"]) == (202, "queued", 0)
    assert (running.status_code, running.json()["status"], running.json()["progress"]) == (202, "running", 0.5)
    points = ready.json()
    assert ready.status_code == 200
    assert (points["x"][0], points["y"][-1], points["index"]) == (-1, 1, list(range(10)))
    assert (points["true"][9], points["predicted"][9], points["confidence"][9]) == ("9", "0", 0.8999)
    assert (points["epoch"], points["is_current"], points["layer"], points["images"]) == (1, True, "dense", 10)
    (item,) = evaluations(client, run_id)
    assert (item["kind"], item["status"], item["progress"], item["error"]) == ("map", "ready", 1, None)


def test_asking_twice_changes_nothing(
    client: TestClient, database: Database, settings: Settings, run: EndedRun
) -> None:
    run_id, _ = run
    client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "map"})
    finish(database, settings, claim(database))

    again = client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "map"})

    assert (again.status_code, again.json()["status"]) == (202, "ready")


def test_reading_a_map_that_was_never_requested_starts_it(
    client: TestClient, database: Database, run: EndedRun
) -> None:
    response = client.get(f"/api/runs/{run[0]}/map")

    assert (response.status_code, response.json()["status"]) == (202, "queued")
    assert claim(database).kind == "map"


def test_a_newer_best_model_makes_a_map_stale_and_a_request_makes_another(
    client: TestClient, database: Database, settings: Settings, run: EndedRun
) -> None:
    run_id, _ = run
    client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "map"})
    finish(database, settings, claim(database))
    client.post(f"/api/runs/{run_id}/resume", json={"epochs": 50})
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 2))

    stale = client.get(f"/api/runs/{run_id}/map").json()
    again = client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "map"}).json()

    assert (stale["epoch"], stale["is_current"]) == (1, False)
    assert (again["status"], again["epoch"], again["is_current"]) == ("queued", 2, True)


def test_features_and_probabilities_are_memory_maps(
    client: TestClient, database: Database, settings: Settings, run: EndedRun
) -> None:
    run_id, _ = run
    for kind in ("map", "training_predictions"):
        client.post(f"/api/runs/{run_id}/evaluations", json={"kind": kind})
    with database.read() as session:
        missing = last_layer_features(session, settings.data_dir, get_run(session, run_id), "train")
    for _ in range(2):
        finish(database, settings, claim(database))

    with database.read() as session:
        row = get_run(session, run_id)
        features = last_layer_features(session, settings.data_dir, row, "train")
        probabilities = training_probabilities(session, settings.data_dir, row)

    assert missing is None
    assert features is not None
    assert probabilities is not None
    assert (features.epoch, features.stored_split, features.values.shape) == (1, "train", (10, 10))
    assert isinstance(probabilities.values, np.memmap)


def test_a_run_without_a_best_model_and_an_unknown_kind_are_refused(client: TestClient) -> None:
    run_id = launch(client)

    missing = client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "map"})

    assert (missing.status_code, "has no best model to evaluate yet" in missing.json()["detail"]) == (409, True)
    assert client.get(f"/api/runs/{run_id}/map").status_code == 409
    assert client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "pickle"}).status_code == 422


def test_a_failed_evaluation_says_why_and_can_be_requested_again(
    client: TestClient, database: Database, run: EndedRun
) -> None:
    run_id, _ = run
    client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "map"})
    job = claim(database)
    with database.write() as session:
        best_model_jobs.mark_failed(session, job, "The disk is full.")

    failed = client.get(f"/api/runs/{run_id}/map")
    again = client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "map"})

    assert failed.status_code == 409
    assert failed.json()["detail"].startswith("It could not be computed: The disk is full. POST /api/runs/")
    assert (again.json()["status"], again.json()["error"]) == ("queued", None)


def test_a_robustness_test_has_accuracies_with_intervals_and_an_example_of_each(
    client: TestClient, database: Database, settings: Settings, run: EndedRun
) -> None:
    run_id, _ = run
    client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "robustness"})
    finish_robustness(database, settings, claim(database))

    result = client.get(f"/api/runs/{run_id}/robustness").json()
    rotation = result["disturbances"][-1]
    example = client.get(rotation["strengths"][4]["image"])
    missing = client.get(f"/api/runs/{run_id}/robustness/blur-6.png")

    assert (result["images"], result["of"], result["clean"]["accuracy"]) == (10, 12, 0.9)
    assert [item["name"] for item in result["disturbances"]] == ["blur", "noise", "brightness", "jpeg", "rotation"]
    assert (rotation["mean"], rotation["strengths"][4]["value"]) == (0.4, 30)
    assert rotation["strengths"][4]["interval"] == pytest.approx([0.168, 0.687], abs=1e-3)
    assert (example.status_code, example.headers["content-type"]) == (200, "image/png")
    assert (missing.status_code, "they are clean, blur-1" in missing.json()["detail"]) == (404, True)


def test_a_map_whose_files_or_dataset_are_gone_says_so(
    client: TestClient, database: Database, settings: Settings, run: EndedRun
) -> None:
    run_id, _ = run
    client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "map"})
    job = claim(database)
    finish(database, settings, job)

    (settings.data_dir / folder_name(job) / "map-validation.npy").unlink()
    without_file = client.get(f"/api/runs/{run_id}/map")
    client.delete("/api/datasets/digits")
    without_dataset = client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "robustness"})
    started = claim_next(settings, database)

    assert (without_file.status_code, "files of the map are gone" in without_file.json()["detail"]) == (404, True)
    assert without_dataset.status_code == 202
    assert started is not None
    started.run()
    (item,) = [item for item in evaluations(client, run_id) if item["kind"] == "robustness"]
    assert (item["status"], "Dataset 'digits' is missing" in item["error"]) == ("failed", True)


def test_a_job_of_a_deleted_run_ends_and_leaves_no_file(
    client: TestClient, database: Database, settings: Settings, run: EndedRun
) -> None:
    run_id, _ = run
    client.post(f"/api/runs/{run_id}/evaluations", json={"kind": "map"})
    job = claim_next(settings, database)
    assert job is not None
    with database.write() as session:
        delete_ended_run(session, run_id)

    with pytest.raises(NotFound):
        job._touch(0.1)
    job.remove_unreferenced_files()

    assert list((settings.data_dir / "runs" / run_id / "evaluations").iterdir()) == []


def test_an_evaluation_whose_worker_was_killed_is_claimed_again(
    client: TestClient, database: Database, run: EndedRun
) -> None:
    client.post(f"/api/runs/{run[0]}/evaluations", json={"kind": "map"})
    killed = claim(database)
    with database.write() as session:
        session.execute(update(Evaluation).values(touched_at=0.0))

    again = claim(database)

    assert (again.kind, again.tries) == ("map", 2)
    assert again.claim != killed.claim
