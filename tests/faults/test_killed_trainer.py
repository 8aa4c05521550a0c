"""A trainer process is killed: the run is requeued and resumes after the last epoch that it saved."""

from functools import partial

import pytest

from tests.support.service.program import Program, slow_spec, tiny_spec

pytestmark = pytest.mark.slow

EPOCHS = 24
KILLED = "Trainer process killed (SIGKILL)"


def test_a_killed_run_is_queued_again_and_trains_no_epoch_twice(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    subscriber = program.subscribe(run_id)
    before = program.at_epoch(run_id, 4)

    program.trainer().kill()
    program.wait(lambda: program.log_contains(run_id, KILLED), 10, "the log line about it")

    after = program.ended(run_id)
    subscriber.join()
    assert (after["status"], after["epoch"], after["attempt"]) == ("finished", EPOCHS, 2)
    assert before["epoch"] < EPOCHS, "the run was over before it was killed"
    assert subscriber.epochs() == list(range(1, EPOCHS + 1))
    assert subscriber.numbers() == list(range(1, len(subscriber.numbers()) + 1))
    statuses = [event.data["status"] for event in subscriber.events if event.kind == "status"]
    assert statuses == ["queued", "preparing", "running", "queued", "preparing", "running", "finished"]


def test_a_run_whose_trainers_are_all_killed_fails_with_the_reason(program: Program) -> None:
    run_id = program.launch(spec={**slow_spec(3), "batch_size": 1})
    for attempt in range(1, 4):
        program.at_attempt(run_id, attempt)
        program.wait(lambda: program.run(run_id)["status"] == "running", 30, "its trainer to begin")
        program.trainer().kill()
        program.wait(partial(program.log_contains, run_id, KILLED, attempt), 10, "the log line about it")

    run = program.run(run_id)
    assert (run["status"], run["error"]["title"]) == ("failed", "The trainer was lost three times")
    assert "SIGKILL" in run["error"]["detail"]
    assert program.ended(program.launch(spec=tiny_spec()))["status"] == "finished"
