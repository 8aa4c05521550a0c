"""Redis is killed or frozen: training goes on, subscribers miss nothing, and runs launched meanwhile are trained."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.program import Program, slow_spec, tiny_spec
from tests.support.streams import epochs_of

pytestmark = pytest.mark.slow

EPOCHS = 24


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with Program(tmp_path_factory.mktemp("program")).running() as running:
        yield running


@contextmanager
def frozen_redis(program: Program) -> Iterator[None]:
    """Suspends the server, which is worse than killing it: it accepts connections and never answers."""
    server = program.part("valkey")
    server.suspend()
    try:
        yield
    finally:
        server.resume()


def test_no_epoch_is_missing_or_doubled_when_redis_is_killed(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    subscriber = program.subscribe(run_id)
    for epoch in (2, 8):
        program.at_epoch(run_id, epoch)
        server = program.part("valkey")
        server.kill()
        server.wait(5)

    run = program.ended(run_id)
    subscriber.join()
    assert (run["status"], run["attempt"]) == ("finished", 1)
    assert subscriber.epochs() == list(range(1, EPOCHS + 1))
    assert subscriber.numbers() == list(range(1, len(subscriber.numbers()) + 1))


def test_a_frozen_redis_stops_neither_training_nor_subscribers(program: Program) -> None:
    run_id = program.launch(spec=slow_spec(EPOCHS))
    subscriber = program.subscribe(run_id)
    program.at_epoch(run_id, 2)

    with frozen_redis(program):
        epoch = program.run(run_id)["epoch"]
        program.at_epoch(run_id, epoch + 3)
        program.wait(lambda: epoch + 2 in subscriber.epochs(), 10, "the subscriber to receive the epoch")

    run = program.ended(run_id)
    subscriber.join()
    assert (run["status"], run["attempt"]) == ("finished", 1)
    assert subscriber.epochs() == list(range(1, EPOCHS + 1))
    assert subscriber.numbers() == list(range(1, len(subscriber.numbers()) + 1))


def test_a_run_launched_while_redis_is_frozen_is_accepted_at_once_and_trained_later(program: Program) -> None:
    with frozen_redis(program):
        started = time.monotonic()
        run_id = program.launch(spec=tiny_spec())
        assert time.monotonic() - started < 5, "a launch waited for Redis"
        program.wait(lambda: program.status("/readyz") == 503, 20, "the board to report that Redis is away")

    assert program.ended(run_id)["status"] == "finished"
    program.wait(lambda: program.status("/readyz") == 200, 20, "the board to be ready again")


def test_deleting_every_message_loses_no_run(program: Program) -> None:
    runs = [program.launch(spec=slow_spec(EPOCHS)), program.launch(spec=tiny_spec())]
    with program.redis() as redis:
        redis.flushall()

    for run_id in runs:
        run = program.ended(run_id)
        assert (run["status"], run["attempt"]) == ("finished", 1)


def test_a_run_with_twenty_wake_ups_is_trained_once(program: Program) -> None:
    run_id = program.launch(spec=tiny_spec())
    for _ in range(20):
        program.wakeups().train(run_id)

    run = program.ended(run_id)
    next_run = program.ended(program.launch(spec=tiny_spec()))
    assert (program.run(run_id)["attempt"], next_run["attempt"]) == (1, 1)
    assert epochs_of(program.events(run_id)) == list(range(1, run["epochs"] + 1))
