"""Jobs that make exports: claims, files of their own, failures, and newer models, on both databases."""

import os
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from backend.datasets.folder import DatasetDamaged
from backend.db.engine import Database
from backend.db.models import Artifact, Export
from backend.errors import NotFound
from backend.lifecycle import leases
from backend.runs import best_model_jobs
from backend.runs.change import delete_ended_run
from backend.settings import Settings
from tests.support.runs import run_life
from tests.support.runs.exported_runs import EndedRun, claim, export_request, finish, status_and_reason, store_digits
from tests.support.runs.run_life import claim_writer, launch, run_in_training, saved_epoch, sha_of
from worker.exports import export_runner
from worker.exports.export_request import ExportRequest


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


def test_an_export_is_made_of_the_best_model_at_the_time_of_its_claim(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id, writer = run_in_training(client, database, settings)
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
    run_id, writer = run_in_training(client, database, settings)
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


def test_an_export_of_a_deleted_run_is_not_marked_ready(database: Database, ended_run: EndedRun) -> None:
    run_id, writer = ended_run
    export = claim(database)
    with database.write() as session:
        delete_ended_run(session, run_id)

    with pytest.raises(NotFound):
        finish(database, export, writer)
