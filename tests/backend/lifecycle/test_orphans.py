"""Files that no row names are removed after an hour; those of running jobs and slow uploads are kept."""

import os
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.datasets import registry
from backend.datasets.schemas import UploadOptions
from backend.db.engine import Database
from backend.db.models import Dataset, Evaluation, Export
from backend.evaluations import jobs
from backend.lifecycle.orphans import remove_orphans
from backend.runs import best_model_jobs
from backend.settings import Settings
from backend.uploads import new_dataset
from tests.support.runs.run_life import claim_writer, launch, run_in_training

HOURS = 3600.0
NAMED, UNNAMED = "a" * 32, "b" * 32


def write(path: Path, age_seconds: float = 2 * HOURS) -> Path:
    """Writes a file that it and its folder seem to be so old."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    for aged in (path, path.parent, path.parent.parent):
        os.utime(aged, (time.time() - age_seconds,) * 2)
    return path


def existing(data_dir: Path, *folders: str) -> set[str]:
    paths = [path for folder in folders for path in (data_dir / folder).rglob("*") if path.is_file()]
    return {path.relative_to(data_dir).as_posix() for path in paths}


def test_uploads_and_images_of_killed_requests_are_deleted(database: Database, settings: Settings) -> None:
    for name in ("uploads/a.zip", "uploads/b.zip", "uploads/c.part", "questions/e.part"):
        write(settings.data_dir / name)
    write(settings.data_dir / "uploads/d.part", age_seconds=0)
    with database.write() as session:
        new_dataset.create(session, "pets", "uploads/a.zip", UploadOptions())

    remove_orphans(database, settings.data_dir)

    assert existing(settings.data_dir, "uploads", "questions") == {"uploads/a.zip", "uploads/d.part"}


def test_zips_that_were_looked_at_are_deleted_after_a_day(database: Database, settings: Settings) -> None:
    write(settings.data_dir / "looks/old.zip", age_seconds=25 * HOURS)
    write(settings.data_dir / "looks/new.zip", age_seconds=23 * HOURS)

    remove_orphans(database, settings.data_dir)

    assert existing(settings.data_dir, "looks") == {"looks/new.zip"}


def test_dataset_folders_without_a_row_go_to_the_trash(database: Database, settings: Settings) -> None:
    kept = {f"datasets/{NAMED}/manifest.json", "datasets/downloads/digits.npz", "datasets/.digits.lock"}
    for name in (*kept, f"datasets/{UNNAMED}/manifest.json", "datasets/x.writing/train-images.npy"):
        write(settings.data_dir / name)
    with database.write() as session:
        session.add(Dataset(name="pets", status="ready", folder=f"datasets/{NAMED}", touched_at=0.0))

    remove_orphans(database, settings.data_dir)

    assert existing(settings.data_dir, "datasets") == kept
    assert existing(settings.data_dir, "trash") == {f"trash/datasets-{UNNAMED}/manifest.json"}


def test_no_dataset_folder_is_touched_while_a_job_may_still_name_its_own(
    database: Database, settings: Settings
) -> None:
    written = write(settings.data_dir / f"datasets/{UNNAMED}/manifest.json")
    with database.write() as session:
        registry.mark_preparing(session, "digits")

    remove_orphans(database, settings.data_dir)

    assert written.exists()


def test_what_a_trainer_writes_after_its_run_was_killed_and_deleted_goes_to_the_trash(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id, writer = run_in_training(client, database, settings)
    client.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"})
    client.delete(f"/api/runs/{run_id}")
    late = write(writer.folder / "writing-state-2.npz", age_seconds=0)

    remove_orphans(database, settings.data_dir)
    still_there = late.exists()
    write(late)
    remove_orphans(database, settings.data_dir)

    assert still_there
    assert existing(settings.data_dir, "runs") == set()
    assert existing(settings.data_dir, "trash") == {f"trash/runs-{run_id}/e1/writing-state-2.npz"}


def test_a_run_that_trains_keeps_everything(client: TestClient, database: Database, settings: Settings) -> None:
    launch(client)
    writer = claim_writer(database, settings)
    write(writer.folder / "writing-state-1.npz")

    remove_orphans(database, settings.data_dir)

    assert (writer.folder / "writing-state-1.npz").exists()


def test_exports_are_kept_while_a_job_makes_them(client: TestClient, database: Database, settings: Settings) -> None:
    run_id, _ = run_in_training(client, database, settings)
    client.post(f"/api/runs/{run_id}/exports/bundle")
    with database.write() as session:
        export = best_model_jobs.claim(session, Export)
    assert isinstance(export, Export)
    folder = settings.data_dir / "runs" / run_id / "exports"
    for name in (str(export.claim), "of-a-killed-job"):
        write(folder / name / "writing-bundle.zip")

    remove_orphans(database, settings.data_dir)

    assert [entry.name for entry in folder.iterdir()] == [export.claim]


def test_evaluations_are_kept_while_a_job_computes_them_and_when_they_are_ready(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id, _ = run_in_training(client, database, settings)
    for kind in ("map", "robustness"):
        client.post(f"/api/runs/{run_id}/evaluations", json={"kind": kind})
    with database.write() as session:
        claimed = [best_model_jobs.claim(session, Evaluation) for _ in range(2)]
        assert claimed[0] is not None
        jobs.mark_ready(session, claimed[0], files={}, result={})
    folder = settings.data_dir / "runs" / run_id / "evaluations"
    names = {str(job.claim) for job in claimed if job}
    for name in (*names, "of-a-killed-job"):
        write(folder / name / "map-validation.npy")

    remove_orphans(database, settings.data_dir)

    assert {entry.name for entry in folder.iterdir()} == names


def test_the_trash_is_emptied_after_a_week(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = write(settings.data_dir / "trash/runs-1/state.npz")
    remove_orphans(database, settings.data_dir)
    kept = entry.exists()

    monkeypatch.setattr("backend.lifecycle.orphans.TRASH_SECONDS", -1.0)
    remove_orphans(database, settings.data_dir)

    assert (kept, entry.exists()) == (True, False)
