"""Exports as they are wanted, claimed, offered and told, over HTTP and on both databases; no Keras here."""

from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from backend.artifacts import exports
from backend.datasets.store import DatasetDamaged
from backend.db.engine import Database
from backend.db.models import Artifact, Export
from backend.errors import NotFound
from backend.runs.change import forget_run
from backend.runs.schemas import RunError
from backend.settings import Settings
from tests.support.run_life import launch, saved_epoch, saved_file, sha_of, the_journal
from worker.exports import export_runner
from worker.exports.export_request import TOLERANCE, ExportRequest
from worker.run_writer import RunWriter
from worker.training.report import Outcome

Ended = tuple[str, RunWriter]


@pytest.fixture
def ended(client: TestClient, database: Database, settings: Settings) -> Ended:
    """A run that has ended after one epoch, and its trainer's journal."""
    run_id = launch(client)
    journal = the_journal(database, settings)
    journal.saved(saved_epoch(journal, 1))
    final = saved_file(journal, "final.keras")
    journal.ended(Outcome("epochs", final, final))
    return run_id, journal


def stands(client: TestClient, run_id: str, kind: str = "bundle") -> tuple[str, str | None]:
    items = client.get(f"/api/runs/{run_id}/exports").json()["items"]
    row = next(item for item in items if item["kind"] == kind)
    return row["status"], row["reason"]


def claim(database: Database) -> Export:
    with database.write() as session:
        claimed = exports.claim(session)
    assert claimed is not None
    return claimed


def an_order(data_dir: Path, journal: RunWriter) -> ExportRequest:
    out = data_dir / "runs" / journal.folder.parent.name / "exports" / "claim" / "bundle.zip"
    best, said = journal.folder / "best-1.keras", journal.folder / "probabilities-1-validation.npy"
    paths = {"best": str(best), "best_sha256": sha_of(best.name), "probabilities": str(said), "out": str(out)}
    images = {"dataset": "", "split": "train", "positions": [0], "rows": [0]}
    return ExportRequest(kind="bundle", epoch=1, tolerance=TOLERANCE, texts={}, prepares={}, **paths, **images)


def offer(database: Database, claimed: Export, journal: RunWriter) -> None:
    with database.write() as session:
        path = f"runs/{claimed.run_id}/exports/{claimed.claim}/bundle.zip"
        file = Artifact(run_id=claimed.run_id, name="bundle.zip", epoch=1, path=path, bytes=3, sha256="abc")
        made = journal.path(path)
        made.parent.mkdir(parents=True)
        made.write_bytes(b"zip")
        exports.finish(session, claimed, file)


def test_the_end_of_a_run_wants_its_bundle_and_it_is_a_404_until_it_is_proved(
    client: TestClient, database: Database, ended: Ended
) -> None:
    run_id, journal = ended
    waiting = client.get(f"/api/runs/{run_id}/artifacts/bundle.zip")
    claimed = claim(database)
    offer(database, claimed, journal)

    assert (waiting.status_code, waiting.json()["detail"]) == (
        404,
        "bundle.zip is being made and proved; look again in some seconds.",
    )
    assert stands(client, run_id) == ("ready", None)
    assert client.get(f"/api/runs/{run_id}/artifacts/bundle.zip").content == b"zip"
    names = [item["name"] for item in client.get(f"/api/runs/{run_id}/artifacts").json()["items"]]
    assert names[:4] == ["best.keras", "final.keras", "last.keras", "bundle.zip"]


def test_a_killed_run_that_has_a_best_wants_its_bundle_too(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    journal = the_journal(database, settings)
    journal.saved(saved_epoch(journal, 1))

    client.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"})

    assert stands(client, run_id) == ("wanted", None)


def test_the_others_are_made_when_somebody_asks(client: TestClient, database: Database, ended: Ended) -> None:
    run_id, _ = ended
    before = client.get(f"/api/runs/{run_id}/artifacts/model.onnx").json()["detail"]

    asked = client.post(f"/api/runs/{run_id}/exports/onnx")

    assert f"POST /api/runs/{run_id}/exports/onnx has it made" in before
    assert (asked.status_code, asked.json()["status"], asked.json()["name"]) == (202, "wanted", "model.onnx")
    assert [claim(database).kind, claim(database).kind] == ["bundle", "onnx"]
    with database.write() as session:
        assert exports.claim(session) is None
    assert client.post(f"/api/runs/{run_id}/exports/onnx").json()["status"] == "making"


def test_what_cannot_be_made_says_why_and_is_tried_again_when_asked(
    client: TestClient, database: Database, ended: Ended
) -> None:
    run_id, _ = ended
    claim(database)
    client.post(f"/api/runs/{run_id}/exports/tflite")
    claimed = claim(database)

    with database.write() as session:
        exports.fail(session, claimed, "Keras could not make it of this model: no such operation.")

    assert stands(client, run_id, "tflite")[0] == "failed"
    detail = client.get(f"/api/runs/{run_id}/artifacts/model.tflite").json()["detail"]
    assert detail == "model.tflite could not be made: Keras could not make it of this model: no such operation."
    assert client.post(f"/api/runs/{run_id}/exports/tflite").json()["status"] == "wanted"


def test_a_run_without_a_best_has_nothing_to_export(client: TestClient) -> None:
    answer = client.post(f"/api/runs/{launch(client)}/exports/bundle")

    assert (answer.status_code, "has no best model yet to be exported" in answer.json()["detail"]) == (409, True)
    assert client.post(f"/api/runs/{launch(client)}/exports/pickle").status_code == 422


def test_a_job_that_goes_silent_is_woken_again_and_another_takes_over(database: Database, ended: Ended) -> None:
    run_id, _ = ended
    first = claim(database)
    with database.write() as session:
        assert exports.silent(session) == []
        assert exports.touch(session, first)
        session.execute(update(Export).values(touched_at=0.0))
        assert exports.silent(session) == [(run_id, "bundle")]

    second = claim(database)
    with database.write() as session:
        assert not exports.touch(session, first)
        assert exports.touch(session, second)


def test_what_takes_its_worker_down_each_time_is_given_up(client: TestClient, database: Database, ended: Ended) -> None:
    for _ in range(exports.MOST_TRIES):
        claim(database)
        with database.write() as session:
            session.execute(update(Export).values(touched_at=0.0))

    with database.write() as session:
        assert exports.claim(session) is None
    assert stands(client, ended[0]) == ("failed", exports.LOST)


def test_an_export_whose_model_is_forgotten_says_so(client: TestClient, database: Database, ended: Ended) -> None:
    run_id, journal = ended
    offer(database, claim(database), journal)
    with database.write() as session:  # as a torn state does
        session.delete(session.get_one(Artifact, (run_id, "bundle.zip")))

    missing = client.get(f"/api/runs/{run_id}/artifacts/bundle.zip").json()["detail"]

    assert "was of a best model that is forgotten" in missing
    assert f"POST /api/runs/{run_id}/exports/bundle" in missing


def test_a_database_that_does_not_answer_for_a_moment_ends_no_export(
    settings: Settings, database: Database, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = export_runner.Job(settings, database, claim(database), an_order(settings.data_dir, ended[1]))
    monkeypatch.setattr(exports, "touch", raising_operational_error)

    assert job._touch()


def raising_operational_error(*_: object) -> bool:
    raise OperationalError("UPDATE", {}, Exception("database is locked"))


def test_a_run_that_failed_with_a_best_wants_its_bundle_too(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    journal = the_journal(database, settings)
    journal.saved(saved_epoch(journal, 1))
    journal.failed(RunError(title="The loss is not a number", detail="", hint=""), "")

    assert stands(client, run_id) == ("wanted", None)


@pytest.fixture
def lengthened(client: TestClient, database: Database, settings: Settings, ended: Ended) -> Ended:
    """That run with its bundle, trained again to more epochs by another trainer."""
    run_id, journal = ended
    offer(database, claim(database), journal)
    client.post(f"/api/runs/{run_id}/resume", json={"epochs": 50})
    return run_id, the_journal(database, settings)


def test_a_longer_history_makes_another_bundle_of_the_same_model(client: TestClient, lengthened: Ended) -> None:
    run_id, successor = lengthened
    successor.saved(saved_epoch(successor, 2, best=False))
    client.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"})

    assert stands(client, run_id) == ("wanted", None)


def test_what_was_wanted_is_made_of_the_best_model_as_it_is_by_then(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    journal = the_journal(database, settings)
    journal.saved(saved_epoch(journal, 1))
    client.post(f"/api/runs/{run_id}/exports/onnx")
    journal.saved(saved_epoch(journal, 2))

    claimed = claim(database)

    assert claimed.of_sha256 == sha_of("best-2.keras")


def test_what_is_made_is_left_alone_by_a_trainer_that_starts_and_swept_once_nobody_makes_it(
    client: TestClient, database: Database, settings: Settings, ended: Ended
) -> None:
    run_id, _ = ended
    claimed = claim(database)
    folder = settings.data_dir / "runs" / run_id / "exports"
    for name in (str(claimed.claim), "of-a-job-that-was-killed"):
        (folder / name).mkdir(parents=True)
        (folder / name / "writing-bundle.zip").write_bytes(b"half")
    client.post(f"/api/runs/{run_id}/resume", json={"epochs": 50})

    the_journal(database, settings).task()
    begun = {path.name for path in folder.iterdir()}
    with database.write() as session:
        export_runner.tidy(session, settings.data_dir, run_id)
    tidied = {path.name for path in folder.iterdir()}

    assert begun == {claimed.claim, "of-a-job-that-was-killed"}
    assert tidied == {claimed.claim}


def test_a_job_has_files_of_its_own_and_leaves_none(settings: Settings, ended: Ended) -> None:
    order = an_order(settings.data_dir, ended[1])

    own = order.with_own_files()
    Path(order.best).unlink()
    kept = Path(own.best).read_bytes()
    own.drop_own_files()

    assert kept == b"best-1.keras"
    assert list(Path(own.out).parent.iterdir()) == []


def test_an_export_that_cannot_be_begun_says_why_and_stands_in_nobodys_way(
    client: TestClient, database: Database, settings: Settings, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> ExportRequest:
        raise DatasetDamaged("The dataset in datasets/x is damaged: manifest.json can't be read.")

    monkeypatch.setattr(export_runner, "request_for", damaged)
    job = export_runner.claim_one(settings, database)
    assert job is not None

    job.run()

    status, reason = stands(client, ended[0])
    assert (status, "manifest.json can't be read" in str(reason)) == ("failed", True)
    assert export_runner.claim_one(settings, database) is None


def test_a_job_that_has_to_leave_hands_back(client: TestClient, database: Database, ended: Ended) -> None:
    claimed = claim(database)

    with database.write() as session:
        exports.hand_back(session, claimed)

    assert stands(client, ended[0]) == ("wanted", None)


def test_a_better_model_makes_an_old_bundle_unwanted_and_the_next_end_wants_another(
    client: TestClient, database: Database, lengthened: Ended
) -> None:
    run_id, successor = lengthened
    successor.saved(saved_epoch(successor, 2))

    row = next(item for item in client.get(f"/api/runs/{run_id}/exports").json()["items"] if item["kind"] == "bundle")
    client.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"})

    assert (row["status"], row["is_current"], row["epoch"]) == ("ready", False, 1)
    assert stands(client, run_id) == ("wanted", None)
    with database.read() as session:
        assert session.scalars(select(Export)).one().of_sha256 == sha_of("best-2.keras")


def test_what_is_made_for_a_run_that_was_deleted_is_offered_nowhere(database: Database, ended: Ended) -> None:
    run_id, journal = ended
    claimed = claim(database)
    with database.write() as session:
        forget_run(session, run_id)

    with pytest.raises(NotFound):
        offer(database, claimed, journal)
