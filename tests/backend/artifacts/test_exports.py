"""Exports are requested, claimed by jobs, and marked ready or failed, over HTTP and on both databases."""

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from backend.artifacts import exports
from backend.artifacts.schemas import ExportFigures
from backend.datasets import registry, store
from backend.datasets.folder import DatasetDamaged
from backend.db.engine import Database
from backend.db.models import Artifact, Export
from backend.errors import NotFound
from backend.lifecycle import leases
from backend.runs import best_model_jobs
from backend.runs.change import delete_ended_run
from backend.runs.schemas import RunError
from backend.settings import Settings
from tests.support.runs import run_life
from tests.support.runs.run_life import claim_writer, launch, saved_epoch, saved_file, sha_of
from worker.exports import export_runner
from worker.exports.export_request import TOLERANCE, ExportRequest
from worker.run_writer import RunWriter
from worker.training.report import Outcome

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
EndedRun = tuple[str, RunWriter]
"""The id of a run, and the writer of its trainer."""


@pytest.fixture
def ended_run(client: TestClient, database: Database, settings: Settings) -> EndedRun:
    """A run that has ended after one epoch."""
    run_id = launch(client)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 1))
    final = saved_file(writer, "final.keras")
    writer.record_end(Outcome("epochs", final, final))
    return run_id, writer


def status_and_reason(client: TestClient, run_id: str, kind: str = "bundle") -> tuple[str, str | None]:
    items = client.get(f"/api/runs/{run_id}/exports").json()["items"]
    row = next(item for item in items if item["kind"] == kind)
    return row["status"], row["reason"]


def claim(database: Database) -> Export:
    with database.write() as session:
        export = best_model_jobs.claim(session, Export)
    assert export is not None
    return export


def export_request(data_dir: Path, writer: RunWriter) -> ExportRequest:
    best = writer.folder / "best-1.keras"
    return ExportRequest(
        kind="bundle",
        out=str(data_dir / "runs" / writer.folder.parent.name / "exports" / "claim" / "bundle.zip"),
        best=str(best),
        best_sha256=sha_of(best.name),
        epoch=1,
        precision="float32",
        tolerance=TOLERANCE,
        texts={},
        preprocessing={},
        dataset="",
        split="train",
        positions=[0],
        probabilities=str(writer.folder / "probabilities-1-validation.npy"),
        rows=[0],
    )


def store_digits(database: Database, settings: Settings) -> None:
    """Stores a small dataset under the name of `digits`."""
    arrays = np.zeros((10, 8, 8, 1), np.uint8), np.arange(10, dtype=np.uint8)
    folder, manifest = store.write(
        settings.data_dir / "datasets", "digits", list("0123456789"), {"train": arrays, "test": arrays}
    )
    with database.write() as session:
        registry.register(session, "digits", f"datasets/{folder.name}", manifest.as_json())


def finish(database: Database, export: Export, writer: RunWriter) -> None:
    """Writes the file of a claimed bundle and marks it ready."""
    path = f"runs/{export.run_id}/exports/{export.claim}/bundle.zip"
    row = Artifact(run_id=export.run_id, name="bundle.zip", epoch=1, path=path, bytes=3, sha256="abc")
    file = writer.path(path)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"zip")
    with database.write() as session:
        exports.mark_ready(session, export, row, str(export.of_sha256))


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
    other_id = launch(client)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 1))

    created = client.post(f"/api/runs/{other_id}/exports/onnx").json()

    assert (created["status"], created["waits_for"]) == ("wanted", "bundle.zip of another run")


def test_the_bundle_of_a_killed_run_with_a_best_model_is_requested(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 1))

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


def test_a_stalled_export_waits_again_and_is_claimed_by_another_job(database: Database, ended_run: EndedRun) -> None:
    assert ended_run
    first = claim(database)
    with database.write() as session:
        assert not best_model_jobs.is_waiting(session, Export)
        assert best_model_jobs.touch(session, first)
        session.execute(update(Export).values(touched_at=0.0))
        assert best_model_jobs.is_waiting(session, Export)

    second = claim(database)
    with database.write() as session:
        assert not best_model_jobs.touch(session, first)
        assert best_model_jobs.touch(session, second)


def test_an_export_that_loses_its_worker_each_time_fails(
    client: TestClient, database: Database, ended_run: EndedRun
) -> None:
    for _ in range(best_model_jobs.MAX_ATTEMPTS):
        claim(database)
        with database.write() as session:
            session.execute(update(Export).values(touched_at=0.0))

    with database.write() as session:
        assert best_model_jobs.claim(session, Export) is None
    assert status_and_reason(client, ended_run[0]) == ("failed", best_model_jobs.WORKER_LOST)


def test_an_export_of_a_removed_model_says_how_to_make_a_new_one(
    client: TestClient, database: Database, ended_run: EndedRun
) -> None:
    run_id, writer = ended_run
    finish(database, claim(database), writer)
    with database.write() as session:  # as a run does that goes back to an earlier epoch
        session.delete(session.get_one(Artifact, (run_id, "bundle.zip")))

    missing = client.get(f"/api/runs/{run_id}/artifacts/bundle.zip").json()["detail"]

    assert "was of a best model that is gone" in missing
    assert f"POST /api/runs/{run_id}/exports/bundle" in missing


def test_a_database_error_for_a_moment_does_not_end_an_export(
    settings: Settings, database: Database, ended_run: EndedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = export_runner.ExportJob(settings, database, claim(database), export_request(settings.data_dir, ended_run[1]))
    monkeypatch.setattr(best_model_jobs, "touch", raising_operational_error)

    job._touch(0.5)


def raising_operational_error(*_: object, **_values: object) -> bool:
    raise OperationalError("UPDATE", {}, Exception("database is locked"))


def test_the_bundle_of_a_failed_run_with_a_best_model_is_requested(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 1))
    writer.record_failure(RunError(title="Loss became NaN", detail="", hint=""), "")

    assert status_and_reason(client, run_id) == ("wanted", None)


@pytest.fixture
def resumed_run(client: TestClient, database: Database, settings: Settings, ended_run: EndedRun) -> EndedRun:
    """The ended_run run with its bundle, resumed for more epochs by another trainer."""
    run_id, writer = ended_run
    finish(database, claim(database), writer)
    client.post(f"/api/runs/{run_id}/resume", json={"epochs": 50})
    return run_id, claim_writer(database, settings)


def test_a_longer_history_requests_another_bundle_of_the_same_model(client: TestClient, resumed_run: EndedRun) -> None:
    run_id, successor = resumed_run
    successor.save_epoch(saved_epoch(successor, 2, best=False))
    client.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"})

    assert status_and_reason(client, run_id) == ("wanted", None)


def test_an_export_is_made_of_the_best_model_at_the_time_of_its_claim(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 1))
    client.post(f"/api/runs/{run_id}/exports/onnx")
    writer.save_epoch(saved_epoch(writer, 2))

    export = claim(database)

    assert export.of_sha256 == sha_of("best-2.keras")


def test_a_starting_trainer_keeps_all_export_folders_and_an_export_job_removes_those_without_a_claim(
    client: TestClient, database: Database, settings: Settings, ended_run: EndedRun
) -> None:
    run_id, _ = ended_run
    export = claim(database)
    folder = settings.data_dir / "runs" / run_id / "exports"
    for name in (str(export.claim), "of-a-killed-job"):
        (folder / name).mkdir(parents=True)
        (folder / name / "writing-bundle.zip").write_bytes(b"half")
    client.post(f"/api/runs/{run_id}/resume", json={"epochs": 50})

    claim_writer(database, settings).load_task()
    after_start = {path.name for path in folder.iterdir()}
    export_runner.remove_unreferenced_files(database, settings.data_dir, run_id)
    cleaned = {path.name for path in folder.iterdir()}

    assert after_start == {export.claim, "of-a-killed-job"}
    assert cleaned == {export.claim}


def test_a_job_links_the_files_of_the_run_and_removes_the_links(settings: Settings, ended_run: EndedRun) -> None:
    request = export_request(settings.data_dir, ended_run[1])

    linked = request.with_linked_files()
    Path(request.best).unlink()
    content = Path(linked.best).read_bytes()
    linked.remove_linked_files()

    assert content == b"best-1.keras"
    assert list(Path(linked.out).parent.iterdir()) == []


@pytest.mark.usefixtures("ended_run")
def test_a_lease_is_renewed_while_a_job_links_files_slowly(
    client: TestClient, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_digits(database, settings)
    launch(client)
    lease = run_life.claim(database)
    is_linking = threading.Event()

    def link_slowly(*_paths: object) -> None:
        is_linking.set()
        time.sleep(0.5)

    monkeypatch.setattr(os, "link", link_slowly)
    job = threading.Thread(target=export_runner.claim_next, args=(settings, database))
    job.start()
    assert is_linking.wait(10)

    started_at = time.monotonic()
    with database.write() as session:
        assert leases.renew(session, lease, 30)

    assert time.monotonic() - started_at < 0.4
    job.join()


def test_an_export_is_made_of_the_newer_model_if_the_one_it_was_claimed_for_is_replaced(
    client: TestClient, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_digits(database, settings)
    run_id = launch(client)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 1))
    client.post(f"/api/runs/{run_id}/exports/bundle")
    before_linking, link = iter([True]), os.link

    def link_after_two_epochs(source: Path, target: Path) -> None:
        if next(before_linking, False):
            for epoch in (2, 3):  # the last two states keep their best models
                writer.save_epoch(saved_epoch(writer, epoch))
        link(source, target)

    monkeypatch.setattr(os, "link", link_after_two_epochs)
    job = export_runner.claim_next(settings, database)

    assert job is not None
    assert isinstance(job._request, ExportRequest)
    assert (job._request.epoch, job._request.best_sha256) == (3, sha_of("best-3.keras"))
    assert Path(job._request.best).read_bytes() == b"best-3.keras"


def test_an_export_that_cannot_be_started_fails_and_does_not_block_the_next(
    client: TestClient, database: Database, settings: Settings, ended_run: EndedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> ExportRequest:
        raise DatasetDamaged("The dataset in datasets/x is damaged: manifest.json can't be read.")

    monkeypatch.setattr(export_runner, "request_for", damaged)
    job = export_runner.claim_next(settings, database)
    assert job is not None

    job.run()

    status, reason = status_and_reason(client, ended_run[0])
    assert (status, "manifest.json can't be read" in str(reason)) == ("failed", True)
    assert export_runner.claim_next(settings, database) is None


def test_a_released_export_can_be_claimed_again(client: TestClient, database: Database, ended_run: EndedRun) -> None:
    export = claim(database)

    with database.write() as session:
        best_model_jobs.release(session, export)

    assert status_and_reason(client, ended_run[0]) == ("wanted", None)


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


def test_an_export_of_a_deleted_run_is_not_marked_ready(database: Database, ended_run: EndedRun) -> None:
    run_id, writer = ended_run
    export = claim(database)
    with database.write() as session:
        delete_ended_run(session, run_id)

    with pytest.raises(NotFound):
        finish(database, export, writer)
