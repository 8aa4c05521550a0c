"""The run writer: one transaction per epoch, fenced by its lease, that refers to complete files."""

import dataclasses
import math
from pathlib import Path

import pytest
from sqlalchemy import select, update

from backend.artifacts.downloads import list_downloads
from backend.db.engine import Database
from backend.db.models import Artifact, Epoch, Event, Run, State
from backend.lifecycle import leases
from backend.lifecycle.leases import Fenced, Lease
from backend.lifecycle.resuming import ResumeRequest, resume
from backend.live.redis_stream import RedisStream
from backend.planning.costs.precision import PrecisionChoice
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate, RunError
from backend.runs.stored_predictions import scored_images
from backend.settings import Settings
from backend.spec import RunSpec
from tests.support.runs.run_life import METRICS, sha_of
from tests.support.runs.run_life import saved_epoch as epoch
from tests.support.runs.run_life import saved_file as file
from tests.support.training.trainings import TINY, tiny_dataset
from worker.errors import DatasetUnavailable
from worker.run_row import sparkline_epochs
from worker.run_writer import RunWriter
from worker.training import report
from worker.training.report import Outcome, Report


@pytest.fixture
def writer(database: Database, settings: Settings) -> RunWriter:
    with database.write() as session:
        queue_new_run(session, RunCreate(recipe="digits-quick"))
        claimed = leases.claim(session, "w", "cpu-0", 30)
    assert claimed is not None
    return open_writer(database, settings, claimed[0])


def open_writer(database: Database, settings: Settings, lease: Lease) -> RunWriter:
    writer = RunWriter(database, RedisStream(settings.broker_url), settings.data_dir, lease)
    writer.folder.mkdir(parents=True, exist_ok=True)
    return writer


def read_run(database: Database) -> Run:
    with database.read() as session:
        return session.scalars(select(Run)).one()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_epoch_commits_metrics_event_best_and_files_together(writer: RunWriter, database: Database) -> None:
    writer.training_started(1234)
    writer.save_epoch(epoch(writer, 1, best=True))

    run = read_run(database)
    assert (run.status, run.parameters, run.epoch, run.claims) == ("running", 1234, 1, 0)
    assert run.best == {"epoch": 1, "monitor": "val_loss", "value": 2.0, "metrics": METRICS}
    assert (run.best_val_loss, run.best_val_accuracy, run.spark) == (2.0, 0.4, [2.0])
    with database.read() as session:
        assert session.scalars(select(Epoch)).one().predictions == f"runs/{run.id}/e1/predictions-1-validation.npz"
        assert session.scalars(select(State)).one().sha256 == sha_of("state-1.npz")
        assert {row.name for row in session.scalars(select(Artifact))} == {"best.keras", "probabilities", "history.csv"}
        event = session.scalars(select(Event).where(Event.kind == "epoch")).one()
        files = list_downloads(session, session.get_one(Run, run.id))
    announced = [{key: getattr(file, key) for key in ("name", "epoch", "bytes", "sha256")} for file in files[:2]]
    no_pace = {"seconds_per_epoch": None, "eta_seconds": None}  # these metrics have no `seconds`
    assert event.payload == {"epoch": 1, "metrics": METRICS, "best": run.best, **no_pace, "files": announced}


def test_files_without_a_reference_are_deleted_after_the_commit(writer: RunWriter) -> None:
    writer.save_epoch(epoch(writer, 1, best=True))
    writer.save_epoch(epoch(writer, 2, best=False))
    writer.save_epoch(epoch(writer, 3, best=True))
    writer.save_epoch(epoch(writer, 4, best=True))

    assert names(writer.folder) == [
        "best-3.keras",  # a download of it may still be running
        "best-4.keras",
        "predictions-1-validation.npz",
        "predictions-2-validation.npz",
        "predictions-3-validation.npz",
        "predictions-4-validation.npz",
        "probabilities-3-validation.npy",
        "probabilities-4-validation.npy",
        "state-3.npz",
        "state-4.npz",
    ]


def test_a_nan_loss_is_null_in_json(writer: RunWriter, database: Database) -> None:
    writer.save_epoch(epoch(writer, 1, best=False, val_loss=math.nan))

    run = read_run(database)
    assert run.metrics is not None
    assert run.metrics["val_loss"] is None
    assert (run.best, run.spark) == (None, [None])


def test_a_trainer_that_lost_its_lease_writes_nothing(
    writer: RunWriter, database: Database, settings: Settings
) -> None:
    writer.save_epoch(epoch(writer, 1, best=True))
    with database.write() as session:
        session.execute(update(Run).values(lease_expires_at=0.0))
        leases.reap(session)
        claimed = leases.claim(session, "other", "cpu-0", 30)
    before = read_run(database).last_seq

    with pytest.raises(Fenced):
        writer.save_epoch(epoch(writer, 2, best=True))
    writer.log("not logged")

    assert claimed is not None
    assert read_run(database).last_seq == before
    successor = open_writer(database, settings, claimed[0])
    assert successor.folder.name == "e2"
    task = successor.load_task()
    assert task.state == writer.folder / "state-1.npz"


def test_the_end_is_recorded_with_its_files(writer: RunWriter, database: Database) -> None:
    writer.save_epoch(epoch(writer, 1, best=True))
    final = file(writer, "final.keras")
    writer.record_end(Outcome("epochs", final, final))

    run = read_run(database)
    assert (run.status, run.ended_by) == ("finished", "epochs")
    assert run.finished_at is not None
    with database.read() as session:
        paths = {row.name: row.path for row in session.scalars(select(Artifact))}
    assert paths["final.keras"] == paths["last.keras"] == f"runs/{run.id}/e1/final.keras"


def test_an_epoch_after_the_end_deletes_the_models_of_that_end(
    writer: RunWriter, database: Database, settings: Settings
) -> None:
    writer.save_epoch(epoch(writer, 1, best=True))
    final = file(writer, "final.keras")
    writer.record_end(Outcome("finish", final, final))
    with database.write() as session:
        resume(session, session.scalars(select(Run.id)).one(), ResumeRequest(epochs=50))
        claimed = leases.claim(session, "w", "cpu-0", 30)
    assert claimed is not None
    resumed = open_writer(database, settings, claimed[0])

    resumed.save_epoch(epoch(resumed, 2, best=False))

    with database.read() as session:
        assert set(session.scalars(select(Artifact.name))) == {"best.keras", "history.csv", "probabilities"}
    assert not final.path.exists()


def test_the_test_score_is_stored_with_its_predictions(writer: RunWriter, database: Database) -> None:
    writer.save_epoch(epoch(writer, 1, best=True))
    final, predictions = file(writer, "final.keras"), file(writer, "predictions-1-test.npz")
    score = report.TestScore(epoch=1, metrics={"accuracy": 0.75, "loss": math.inf}, predictions=predictions)

    writer.record_end(Outcome("early_stopping", final, final, score, report.PixelStatistics((120.5,), (60.25,))))

    run = read_run(database)
    assert run.ended_by == "early_stopping"
    assert run.pixel_statistics == {"mean": [120.5], "deviation": [60.25]}
    assert run.test == {
        "epoch": 1,
        "metrics": {"accuracy": 0.75, "loss": None},
        "predictions": f"runs/{run.id}/e1/predictions-1-test.npz",
        "predictions_sha256": sha_of("predictions-1-test.npz"),
    }


def test_a_kept_model_can_be_downloaded_under_its_epoch(writer: RunWriter, database: Database) -> None:
    for number in (2, 10):
        kept = file(writer, f"epoch-{number}.keras")
        writer.save_epoch(dataclasses.replace(epoch(writer, number, best=True), kept=kept))

    with database.read() as session:
        rows = list_downloads(session, session.scalars(select(Run)).one())
    models = [row.name for row in rows if row.name.endswith(".keras")]
    assert models == ["best.keras", "epoch-2.keras", "epoch-10.keras"]


def test_a_resumed_trainer_gets_the_best_model_so_far(writer: RunWriter) -> None:
    writer.save_epoch(epoch(writer, 1, best=True))

    assert writer.load_task().best == writer.folder / "best-1.keras"


def test_a_run_resumes_only_on_the_dataset_that_it_was_trained_on(writer: RunWriter, database: Database) -> None:
    writer.record_dataset("digits", "one")
    writer.save_epoch(epoch(writer, 1, best=True))
    writer.record_dataset("digits", "one")

    with pytest.raises(DatasetUnavailable, match="its content hash is other, and was one"):
        writer.record_dataset("digits", "other")

    assert read_run(database).dataset_hash == "one"


def test_a_run_without_an_epoch_uses_the_current_dataset(writer: RunWriter, database: Database) -> None:
    writer.record_dataset("digits", "one")
    writer.record_dataset("digits", "other")

    assert read_run(database).dataset_hash == "other"


def test_a_run_knows_how_many_images_its_accuracies_are_of(
    writer: RunWriter, database: Database, tmp_path: Path
) -> None:
    dataset = tiny_dataset(tmp_path, train=40, test=12)
    held_back = {"dataset": {"name": "tiny", "test_limit": 9, "validation": {"from": "train", "fraction": 0.25}}}
    spec = RunSpec.model_validate({**held_back, "model": {"preset": "strided_cnn", "options": TINY}})
    writer.record_dataset("tiny", "one", scored_images(spec, dataset))

    run = read_run(database)

    assert (run.validation_images, run.test_images) == (10, 9)


def test_a_run_that_resumes_on_another_setup_logs_that_results_may_differ(
    writer: RunWriter, database: Database
) -> None:
    writer.record_machine("one machine")
    writer.save_epoch(epoch(writer, 1, best=True))
    writer.record_machine("one machine")
    writer.record_machine("another machine")

    with database.read() as session:
        lines = [row.payload for row in session.scalars(select(Event).where(Event.kind == "log").order_by(Event.seq))]
    assert [line["text"] for line in lines[:3]] == ["one machine", "one machine", "another machine"]
    assert lines[3]["level"] == "warning"
    assert "The epochs up to 1 were trained on a different setup (one machine)" in lines[3]["text"]
    assert read_run(database).machine == "another machine"


def test_auto_is_decided_once_and_kept_by_all_who_resume(
    writer: RunWriter, database: Database, settings: Settings
) -> None:
    assert writer.load_task().spec.precision == "auto"

    writer.record_precision(PrecisionChoice("mixed_bfloat16", "mixed_bfloat16: a step took …"))
    with database.write() as session:
        leases.release(session, writer._lease, "lost")
        claimed = leases.claim(session, "on another machine", "cpu-0", 30)
    assert claimed is not None

    assert open_writer(database, settings, claimed[0]).load_task().spec.precision == "mixed_bfloat16"
    run = read_run(database)
    assert (run.spec["precision"], run.trained_spec["precision"]) == ("auto", "mixed_bfloat16")
    assert run.precision_reason == "mixed_bfloat16: a step took …"


def test_a_failure_is_recorded_with_its_error_and_traceback(writer: RunWriter, database: Database) -> None:
    writer.record_failure(RunError(title="T", detail="D", hint="H"), "Traceback …")

    run = read_run(database)
    assert (run.status, run.error) == ("failed", {"title": "T", "detail": "D", "hint": "H"})
    with database.read() as session:
        last_log = session.scalars(select(Event).where(Event.kind == "log")).all()[-1]
    assert last_log.payload == {"level": "error", "text": "Traceback …"}


def test_an_epoch_is_not_committed_twice_after_a_lost_answer(writer: RunWriter, database: Database) -> None:
    first = epoch(writer, 1, best=True)
    writer.save_epoch(first)
    before = read_run(database).last_seq

    writer.save_epoch(first)

    assert (read_run(database).epoch, read_run(database).last_seq) == (1, before)


def test_a_sparkline_keeps_the_first_and_the_last_epoch() -> None:
    epochs = sparkline_epochs(1000)

    assert (len(epochs), epochs[0], epochs[-1]) == (40, 1, 1000)
    assert sparkline_epochs(3) == [1, 2, 3]


def test_the_writer_leaves_no_method_of_a_report_to_its_silent_default() -> None:
    methods = {name for name in vars(Report) if not name.startswith("_")}

    assert methods <= set(vars(RunWriter))
