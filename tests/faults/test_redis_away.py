"""Redis killed or frozen: training goes on, the page misses nothing, and what was launched meanwhile is trained."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from tests.support.program import Program, slow_spec
from tests.support.streams import StreamEvent

pytestmark = pytest.mark.slow

EPOCHS = 24


@contextmanager
def frozen_redis(program: Program) -> Iterator[None]:
    """Worse than killed: it takes connections and never answers."""
    server = program.part("valkey")
    server.suspend()
    try:
        yield
    finally:
        server.resume()


def test_killed_and_back_no_epoch_is_missing_or_doubled(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    follower = program.follow(run_id)
    for epoch in (2, 8):
        program.at_epoch(run_id, epoch)
        server = program.part("valkey")
        server.kill()
        server.wait(5)

    run = program.ended(run_id)
    follower.join()
    assert (run["status"], run["attempt"]) == ("finished", 1)
    assert epochs_of(follower.told) == list(range(1, EPOCHS + 1))
    assert follower.numbers() == list(range(1, len(follower.numbers()) + 1))


def test_frozen_it_stops_neither_training_nor_its_readers(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    follower = program.follow(run_id)
    program.at_epoch(run_id, 2)

    with frozen_redis(program):
        here = program.run(run_id)["epoch"]
        program.at_epoch(run_id, here + 3)
        program.wait(lambda: here + 2 in epochs_of(follower.told), 10, "the page to hear of it")

    run = program.ended(run_id)
    follower.join()
    assert (run["status"], run["attempt"]) == ("finished", 1)
    assert epochs_of(follower.told) == list(range(1, EPOCHS + 1))
    assert follower.numbers() == list(range(1, len(follower.numbers()) + 1))


def test_what_is_launched_while_it_is_frozen_is_taken_at_once_and_trained_later(program: Program) -> None:
    with frozen_redis(program):
        begun = time.monotonic()
        run_id = program.launch(recipe="digits-quick")
        assert time.monotonic() - begun < 5, "a launch waited for Redis"
        program.wait(lambda: program.status("/readyz") == 503, 20, "the board to say that Redis is away")

    assert program.ended(run_id)["status"] == "finished"
    program.wait(lambda: program.status("/readyz") == 200, 20, "the board to be ready again")


def test_wiping_every_message_loses_no_run(program: Program) -> None:
    runs = [program.launch(spec=slow_spec(EPOCHS)), program.launch(recipe="digits-quick")]
    with program.wire() as wire:
        wire.flushall()

    for run_id in runs:
        run = program.ended(run_id)
        assert (run["status"], run["attempt"]) == ("finished", 1)


def test_twenty_wake_ups_train_a_run_once(program: Program) -> None:
    run_id = program.launch(recipe="digits-quick")
    for _ in range(20):
        program.jobs().wake(run_id)

    run = program.ended(run_id)
    other = program.ended(program.launch(recipe="digits-quick"))
    assert (program.run(run_id)["attempt"], other["attempt"]) == (1, 1)
    assert epochs_of(program.events(run_id)) == list(range(1, run["epochs"] + 1))


def epochs_of(told: Iterable[StreamEvent]) -> list[int]:
    return [event.data["epoch"] for event in told if event.kind == "epoch"]
