"""A trainer that is killed: the board says so, and the run goes on after its last announced epoch."""

from functools import partial
from typing import Any

import pytest

from tests.support.program import Program, slow_spec

pytestmark = pytest.mark.slow

EPOCHS = 24


def test_a_spare_that_is_killed_is_replaced(program: Program) -> None:
    """The first test of the file: no run has ended just now, so the one trainer is the spare."""
    spare = program.trainer()
    spare.kill()
    program.wait(lambda: spare not in program.trainers(), 10, "the spare to die")

    run = program.ended(program.launch(recipe="digits-quick"))
    assert (run["status"], run["attempt"]) == ("finished", 1)


def test_killed_in_an_epoch_it_is_queued_again_and_trains_no_epoch_twice(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    follower = program.follow(run_id)
    before = program.at_epoch(run_id, 5)

    program.trainer().kill()
    program.wait(partial(says, program, run_id, 1), 10, "the board to say it")

    after = program.ended(run_id)
    follower.join()
    assert (after["status"], after["epoch"], after["attempt"]) == ("finished", EPOCHS, 2)
    assert "its process was ended by SIGKILL" in program.log(run_id)
    assert before["epoch"] < EPOCHS, "the run was over before it was killed"
    assert [event.data["epoch"] for event in follower.told if event.kind == "epoch"] == list(range(1, EPOCHS + 1))
    assert follower.numbers() == list(range(1, len(follower.numbers()) + 1))
    statuses = [event.data["status"] for event in follower.told if event.kind == "status"]
    assert statuses == ["queued", "preparing", "running", "queued", "preparing", "running", "finished"]


def test_killed_twice_its_history_is_that_of_an_undisturbed_run(program: Program) -> None:
    undisturbed = program.launch(spec=slow_spec(EPOCHS))
    program.ended(undisturbed)
    killed = program.launch(spec=slow_spec(EPOCHS))
    for attempt, epoch in ((2, 1), (3, 9)):
        program.at_epoch(killed, epoch)
        program.trainer().kill()
        program.at_attempt(killed, attempt)
    program.ended(killed)

    assert program.run(killed)["attempt"] == 3
    assert history(program, killed) == history(program, undisturbed)


def says(program: Program, run_id: str, times: int) -> bool:
    return program.log(run_id).count("Lost its trainer") == times


def history(program: Program, run_id: str) -> Any:
    series = program.get(f"/api/runs/{run_id}/metrics")["series"]
    return {name: values for name, values in series.items() if name != "seconds"}


def test_a_run_whose_trainers_all_die_fails_with_the_reason(program: Program) -> None:
    run_id = program.launch(spec={**slow_spec(3), "batch_size": 1})
    for attempt in range(1, 4):
        program.at_attempt(run_id, attempt)
        program.trainer().kill()
        program.wait(partial(says, program, run_id, attempt), 10, "the board to say it")

    run = program.run(run_id)
    assert (run["status"], run["error"]["title"]) == ("failed", "Its trainer was lost three times")
    assert "SIGKILL" in run["error"]["detail"]
    assert program.ended(program.launch(recipe="digits-quick"))["status"] == "finished"
