"""Redis is killed, frozen or full: training goes on, subscribers miss nothing, and new runs are trained."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from standalone.commands import doctor
from tests.support.files.zips import pets, zipped
from tests.support.service.program import Program, slow_spec, tiny_spec
from tests.support.service.streams import epochs_of

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


@contextmanager
def full_redis(program: Program) -> Iterator[None]:
    """Limits the server to less memory than it uses: it answers, and refuses every write."""
    with program.redis() as redis:
        redis.config_set("maxmemory", "1mb")
        assert redis.info("memory")["used_memory"] > 2**20
        try:
            yield
        finally:
            redis.config_set("maxmemory", "512mb")


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


def test_idle_workers_train_a_run_and_prepare_a_dataset_while_redis_is_full(program: Program) -> None:
    with full_redis(program):
        run_id = program.launch(spec=tiny_spec())
        program.post("/api/datasets?name=pets&image_size=8", zipped(pets()), "application/zip")
        assert program.status("/readyz") == 503
        assert "redis is full and refuses writes" in doctor.board(f"http://127.0.0.1:{program.port}").text

        assert program.ended(run_id)["status"] == "finished"
        program.wait(lambda: program.get("/api/datasets/pets")["status"] == "ready", 30, "the dataset")

    program.wait(lambda: program.status("/readyz") == 200, 20, "the board to be ready again")


def test_a_busy_worker_goes_on_and_a_restarted_one_claims_runs_while_redis_is_full(program: Program) -> None:
    busy, queued = program.launch(spec=slow_spec(4)), program.launch(spec=tiny_spec())  # the second message waits
    program.at_epoch(busy, 1)

    with full_redis(program):
        attempts = [program.ended(run_id)["attempt"] for run_id in (busy, queued)]
        worker = program.part("worker")
        worker.kill()
        worker.wait(5)
        last = program.launch(spec=tiny_spec())
        program.at_attempt(last, 1)

    assert attempts == [1, 1]
    program.post(f"/api/runs/{last}/stop", b'{"mode": "kill"}')


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
