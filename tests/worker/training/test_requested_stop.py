"""A stop that is requested during a training, in its last epoch, or before it is resumed."""

from pathlib import Path

from tests.support.training.tiny_runs import run_tiny
from tests.support.training.trainings import (
    KERAS_SAVES_MODELS,
    TINY,
    Recorded,
    spec,
    tiny_dataset,
)
from worker.training.fit import train
from worker.training.report import Resume

pytestmark = KERAS_SAVES_MODELS


def test_a_requested_stop_ends_the_training_after_that_epoch_and_keeps_its_models(tmp_path: Path) -> None:
    report = Recorded()
    report.finish_at = 2

    outcome = run_tiny(tmp_path, report, epochs=5)

    assert [epoch.epoch for epoch in report.epochs] == [1, 2]
    assert (outcome.ended_by, outcome.final.path.name) == ("finish", "final.keras")


def test_a_stop_requested_in_the_last_epoch_leaves_a_complete_training(tmp_path: Path) -> None:
    report = Recorded()
    report.finish_at = 2

    assert run_tiny(tmp_path, report, epochs=2).ended_by == "epochs"


def test_a_stop_requested_before_a_resume_trains_no_further_epoch(tmp_path: Path) -> None:
    first, again = Recorded(), Recorded()
    run_tiny(tmp_path, first, epochs=1)
    again.finish_at = 0
    (tmp_path / "again").mkdir()
    best = first.epochs[0].best
    resume = Resume(first.epochs[0].state.path, best.path if best else None)

    outcome = train(spec("tiny", TINY, epochs=3), tiny_dataset(tmp_path), tmp_path / "again", again, resume)

    assert (outcome.ended_by, again.epochs) == ("finish", [])
