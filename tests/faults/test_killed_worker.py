"""A worker that is killed takes its trainer with it; `up` brings it back, and the run goes on from the queue."""

import psutil
import pytest

from tests.support.program import Program, slow_spec

pytestmark = pytest.mark.slow

EPOCHS = 24


def test_its_trainer_dies_with_it_and_the_run_goes_on(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    follower = program.follow(run_id)
    program.at_epoch(run_id, 3)
    worker, trainer = program.part("worker"), program.trainer()

    worker.kill()
    psutil.wait_procs([worker, trainer], timeout=5)
    assert not trainer.is_running(), "the trainer outlived its worker"
    assert program.part("worker").pid != worker.pid

    run = program.ended(run_id)
    follower.join()
    assert (run["status"], run["epoch"], run["attempt"]) == ("finished", EPOCHS, 2)
    assert "no longer answers; its lease has expired" in program.log(run_id)
    assert [event.data["epoch"] for event in follower.told if event.kind == "epoch"] == list(range(1, EPOCHS + 1))
    assert follower.numbers() == list(range(1, len(follower.numbers()) + 1))


def test_a_run_that_waits_while_there_is_no_worker_is_trained_by_the_next(program: Program) -> None:
    program.part("worker").kill()
    run_id = program.launch(recipe="digits-quick")

    run = program.ended(run_id)
    assert (run["status"], run["attempt"]) == ("finished", 1)


def test_the_api_killed_in_a_run_costs_it_nothing_and_readers_come_back(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    follower = program.follow(run_id)
    program.at_epoch(run_id, 2)

    program.part("api").kill()
    program.wait(lambda: program.status("/healthz") == 200, 20, "the API to be back")

    run = program.ended(run_id)
    follower.join()
    assert (run["status"], run["attempt"]) == ("finished", 1)
    assert follower.numbers() == list(range(1, len(follower.numbers()) + 1))


def test_a_worker_that_was_frozen_beyond_its_lease_writes_nothing_when_it_wakes(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    program.at_epoch(run_id, 3)
    worker, trainer = program.part("worker"), program.trainer()

    for process in (worker, trainer):
        process.suspend()
    program.wait(lambda: "its lease has expired" in program.log(run_id), 45, "the reaper")
    for process in (trainer, worker):
        process.resume()

    run = program.ended(run_id)
    assert (run["status"], run["epoch"], run["attempt"]) == ("finished", EPOCHS, 2)
    assert epochs_of(program, run_id) == list(range(1, EPOCHS + 1))


def test_a_board_that_is_stopped_in_a_run_goes_on_with_it_when_it_is_started(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    program.at_epoch(run_id, 3)

    program.stop()
    program.start()

    run = program.ended(run_id)
    assert (run["status"], run["epoch"], run["attempt"]) == ("finished", EPOCHS, 2)
    assert "its worker was asked to end" in program.log(run_id)
    assert epochs_of(program, run_id) == list(range(1, EPOCHS + 1))


def test_the_whole_board_killed_leaves_no_orphan_and_goes_on_when_it_is_back(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    before = program.at_epoch(run_id, 3)

    processes = program.kill()
    gone, alive = psutil.wait_procs(processes, timeout=10)
    assert (len(gone), alive) == (len(processes), [])
    program.start()

    run = program.ended(run_id)
    assert (run["status"], run["epoch"], run["attempt"]) == ("finished", EPOCHS, 2)
    assert before["best"]["epoch"] <= run["best"]["epoch"]
    assert epochs_of(program, run_id) == list(range(1, EPOCHS + 1))


def epochs_of(program: Program, run_id: str) -> list[int]:
    return [event.data["epoch"] for event in program.events(run_id) if event.kind == "epoch"]
