"""When a trainer counts as stalled: by what each phase of its training usually takes, within bounds."""

import pytest

from worker.supervision.stall_watch import StallWatch
from worker.trainer_lines import Sign

STALL_SECONDS = 120.0


class Trainer:
    """A trainer with a clock of its own, polled ten times a second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.watch = StallWatch(STALL_SECONDS)
        self.watch.poll(self.now, [], is_stopped=False)

    def silent(self, seconds: float, *, is_stopped: bool = False) -> None:
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            self.watch.poll(self.now, [], is_stopped=is_stopped)

    def tells(self, sign: Sign, after: float) -> None:
        self.silent(after)
        self.watch.poll(self.now, [(sign, self.now)], is_stopped=False)

    def epoch(self, *, step: float, validation: float = 2.0, first: float | None = None) -> None:
        self.tells(Sign.STEP, first or step)
        for _ in range(5):
            self.tells(Sign.STEP, step)
        self.tells(Sign.EVALUATES, step)
        self.tells(Sign.SAVED, validation)


@pytest.fixture
def trainer() -> Trainer:
    """A trainer whose steps take two seconds; it has trained four epochs."""
    trainer = Trainer()
    for _ in range(4):
        trainer.epoch(step=2.0)
    return trainer


def test_a_stall_is_reported_after_three_usual_steps(trainer: Trainer) -> None:
    trainer.tells(Sign.STEP, 2.0)

    trainer.silent(5.9)
    assert not trainer.watch.is_stalled
    trainer.silent(0.3)
    assert trainer.watch.is_stalled
    assert trainer.watch.sentence() == "No progress for 6.2 s (usually 2.0 s)"


def test_the_trainer_has_to_be_ended_after_the_limit(trainer: Trainer) -> None:
    trainer.tells(Sign.STEP, 2.0)

    trainer.silent(119)
    assert not trainer.watch.is_over
    trainer.silent(2)
    assert trainer.watch.is_over


def test_a_trainer_that_goes_on_is_not_stalled(trainer: Trainer) -> None:
    trainer.tells(Sign.STEP, 60.0)

    assert not trainer.watch.is_stalled


def test_slow_steps_have_a_later_limit_of_an_hour_at_most() -> None:
    trainer = Trainer()
    for seconds, limit in ((10.0, 200.0), (500.0, 3600.0)):
        for _ in range(30):
            trainer.tells(Sign.STEP, seconds)
        assert trainer.watch.limit_seconds == pytest.approx(limit)


def test_short_steps_are_not_stalled_within_five_seconds() -> None:
    trainer = Trainer()
    trainer.epoch(step=0.2)
    trainer.tells(Sign.STEP, 0.2)

    trainer.silent(4.5)
    assert not trainer.watch.is_stalled
    trainer.silent(1)
    assert trainer.watch.is_stalled


@pytest.mark.parametrize("seconds", [15.0, 600.0])
def test_tracing_in_the_first_epoch_is_no_stall(seconds: float) -> None:
    trainer = Trainer()

    trainer.silent(seconds)

    assert not trainer.watch.is_stalled


def test_a_validation_as_long_as_the_others_is_no_stall() -> None:
    trainer = Trainer()
    for _ in range(3):
        trainer.epoch(step=0.2, validation=40.0)
    trainer.tells(Sign.EVALUATES, 0.2)

    trainer.silent(60.0)
    assert not trainer.watch.is_stalled
    trainer.silent(61.0)
    assert trainer.watch.is_stalled


def test_a_first_validation_may_take_long() -> None:
    trainer = Trainer()
    trainer.tells(Sign.STEP, 1.0)
    trainer.tells(Sign.EVALUATES, 0.2)

    trainer.silent(600.0)

    assert not trainer.watch.is_stalled


def test_the_last_files_and_the_test_score_may_take_long(trainer: Trainer) -> None:
    trainer.tells(Sign.FINISHES, 0.1)

    trainer.silent(600.0)

    assert not trainer.watch.is_stalled


def test_waiting_for_a_full_disk_is_no_stall(trainer: Trainer) -> None:
    trainer.tells(Sign.EVALUATES, 2.0)
    for _ in range(60):
        trainer.tells(Sign.ALIVE, 5.0)

    assert not trainer.watch.is_stalled


def test_a_stopped_process_is_noticed_in_every_phase() -> None:
    trainer = Trainer()

    trainer.silent(1.2, is_stopped=True)

    assert trainer.watch.is_stalled
    assert trainer.watch.limit_seconds == STALL_SECONDS


def test_a_pause_of_the_supervisor_itself_is_no_stall_of_its_trainer(trainer: Trainer) -> None:
    trainer.tells(Sign.STEP, 2.0)

    trainer.now += 3_000  # the machine slept, or the worker was stopped together with its trainer
    trainer.silent(0.1)

    assert not trainer.watch.is_stalled
