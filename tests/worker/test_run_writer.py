"""The trainer's pen: one transaction an epoch, under its lease, pointing to files that are there."""

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
from backend.live.redis_stream import RedisStream
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate, RunError
from backend.settings import Settings
from tests.support.run_life import METRICS, sha_of
from tests.support.run_life import saved_epoch as epoch
from tests.support.run_life import saved_file as file
from worker.errors import DatasetUnavailable
from worker.run_writer import RunWriter, spread
from worker.training import report
from worker.training.report import Outcome


@pytest.fixture
def journal(database: Database, settings: Settings) -> RunWriter:
    with database.write() as session:
        queue_new_run(session, RunCreate(recipe="digits-quick"))
        claimed = leases.claim(session, "w", "cpu-0", 30)
    assert claimed is not None
    return open_journal(database, settings, claimed[0])


def open_journal(database: Database, settings: Settings, lease: Lease) -> RunWriter:
    journal = RunWriter(database, RedisStream(settings.wire_url), settings.data_dir, lease)
    journal.folder.mkdir(parents=True, exist_ok=True)
    return journal


def the_run(database: Database) -> Run:
    with database.read() as session:
        return session.scalars(select(Run)).one()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_epoch_is_metric_event_best_and_pointers_at_once(journal: RunWriter, database: Database) -> None:
    journal.built(1234)
    journal.saved(epoch(journal, 1, best=True))

    run = the_run(database)
    assert (run.status, run.parameters, run.epoch, run.claims) == ("running", 1234, 1, 0)
    assert run.best == {"epoch": 1, "monitor": "val_loss", "value": 2.0, "metrics": METRICS}
    assert (run.best_val_loss, run.best_val_accuracy, run.spark) == (2.0, 0.4, [2.0])
    with database.read() as session:
        assert session.scalars(select(Epoch)).one().predictions == f"runs/{run.id}/e1/predictions-1-validation.npz"
        assert session.scalars(select(State)).one().sha256 == sha_of("state-1.npz")
        assert {row.name for row in session.scalars(select(Artifact))} == {"best.keras", "probabilities"}
        told = session.scalars(select(Event).where(Event.kind == "epoch")).one()
    assert told.payload == {"epoch": 1, "metrics": METRICS, "best": run.best}


def test_files_that_nothing_points_to_are_removed_after_the_commit(journal: RunWriter) -> None:
    journal.saved(epoch(journal, 1, best=True))
    journal.saved(epoch(journal, 2, best=False))
    journal.saved(epoch(journal, 3, best=True))
    journal.saved(epoch(journal, 4, best=True))

    assert names(journal.folder) == [
        "best-3.keras",  # somebody may be downloading it
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


def test_a_loss_that_is_no_number_is_null_in_json(journal: RunWriter, database: Database) -> None:
    journal.saved(epoch(journal, 1, best=False, val_loss=math.nan))

    run = the_run(database)
    assert run.metrics is not None
    assert run.metrics["val_loss"] is None
    assert (run.best, run.spark) == (None, [None])


def test_a_trainer_that_lost_its_lease_writes_nothing(
    journal: RunWriter, database: Database, settings: Settings
) -> None:
    journal.saved(epoch(journal, 1, best=True))
    with database.write() as session:
        session.execute(update(Run).values(lease_expires_at=0.0))
        leases.reap(session)
        again = leases.claim(session, "other", "cpu-0", 30)
    before = the_run(database).last_seq

    with pytest.raises(Fenced):
        journal.saved(epoch(journal, 2, best=True))
    journal.log("nobody hears this")

    assert again is not None
    assert the_run(database).last_seq == before
    successor = open_journal(database, settings, again[0])
    assert successor.folder.name == "e2"
    task = successor.task()
    assert task.state == journal.folder / "state-1.npz"


def test_the_end_is_told_with_its_files(journal: RunWriter, database: Database) -> None:
    journal.saved(epoch(journal, 1, best=True))
    final = file(journal, "final.keras")
    journal.ended(Outcome("epochs", final, final))

    run = the_run(database)
    assert (run.status, run.ended_by) == ("finished", "epochs")
    assert run.finished_at is not None
    with database.read() as session:
        paths = {row.name: row.path for row in session.scalars(select(Artifact))}
    assert paths["final.keras"] == paths["last.keras"] == f"runs/{run.id}/e1/final.keras"


def test_the_score_on_the_test_split_is_kept_with_what_it_was_made_of(journal: RunWriter, database: Database) -> None:
    journal.saved(epoch(journal, 1, best=True))
    final, answered = file(journal, "final.keras"), file(journal, "predictions-1-test.npz")
    score = report.TestScore(epoch=1, metrics={"accuracy": 0.75, "loss": math.inf}, predictions=answered)

    journal.ended(Outcome("early_stopping", final, final, score, report.PixelStatistics((120.5,), (60.25,))))

    run = the_run(database)
    assert run.ended_by == "early_stopping"
    assert run.pixel_statistics == {"mean": [120.5], "deviation": [60.25]}
    assert run.test == {
        "epoch": 1,
        "metrics": {"accuracy": 0.75, "loss": None},
        "predictions": f"runs/{run.id}/e1/predictions-1-test.npz",
        "predictions_sha256": sha_of("predictions-1-test.npz"),
    }


def test_a_model_that_is_kept_can_be_downloaded_under_its_epoch(journal: RunWriter, database: Database) -> None:
    for number in (2, 10):
        kept = file(journal, f"epoch-{number}.keras")
        journal.saved(dataclasses.replace(epoch(journal, number, best=True), kept=kept))

    with database.read() as session:
        rows = list_downloads(session, session.scalars(select(Run)).one())
    models = [row.name for row in rows if row.name.endswith(".keras")]
    assert models == ["best.keras", "epoch-2.keras", "epoch-10.keras"]


def test_a_trainer_that_goes_on_knows_the_best_so_far(journal: RunWriter) -> None:
    journal.saved(epoch(journal, 1, best=True))

    assert journal.task().best == journal.folder / "best-1.keras"


def test_a_run_goes_on_only_on_what_it_was_trained_on(journal: RunWriter, database: Database) -> None:
    journal.reads("digits", "one")
    journal.saved(epoch(journal, 1, best=True))
    journal.reads("digits", "one")

    with pytest.raises(DatasetUnavailable, match="its content hash is other, and was one"):
        journal.reads("digits", "other")

    assert the_run(database).dataset_hash == "one"


def test_a_run_without_an_epoch_takes_the_dataset_as_it_is_now(journal: RunWriter, database: Database) -> None:
    journal.reads("digits", "one")
    journal.reads("digits", "other")

    assert the_run(database).dataset_hash == "other"


def test_a_run_that_goes_on_elsewhere_says_that_its_numbers_may_differ(journal: RunWriter, database: Database) -> None:
    journal.began_on("one machine")
    journal.saved(epoch(journal, 1, best=True))
    journal.began_on("one machine")
    journal.began_on("another machine")

    with database.read() as session:
        told = [row.payload for row in session.scalars(select(Event).where(Event.kind == "log").order_by(Event.seq))]
    assert [line["text"] for line in told[:3]] == ["one machine", "one machine", "another machine"]
    assert told[3]["level"] == "warning"
    assert "The epochs up to 1 were trained otherwise (one machine)" in told[3]["text"]
    assert the_run(database).machine == "another machine"


def test_a_failure_is_told_in_words_and_with_its_traceback(journal: RunWriter, database: Database) -> None:
    journal.failed(RunError(title="T", detail="D", hint="H"), "Traceback …")

    run = the_run(database)
    assert (run.status, run.error) == ("failed", {"title": "T", "detail": "D", "hint": "H"})
    with database.read() as session:
        last_log = session.scalars(select(Event).where(Event.kind == "log")).all()[-1]
    assert last_log.payload == {"level": "error", "text": "Traceback …"}


def test_a_commit_whose_answer_was_lost_is_not_written_twice(journal: RunWriter, database: Database) -> None:
    first = epoch(journal, 1, best=True)
    journal.saved(first)
    before = the_run(database).last_seq

    journal.saved(first)

    assert (the_run(database).epoch, the_run(database).last_seq) == (1, before)


def test_sparks_keep_the_first_and_the_last_of_many() -> None:
    epochs = spread(1000)

    assert (len(epochs), epochs[0], epochs[-1]) == (40, 1, 1000)
    assert spread(3) == [1, 2, 3]
