"""The trainer pool: preforked trainers, and what happens when a process cannot be started."""

import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from backend.lifecycle.leases import Lease
from worker.supervision.devices import Device
from worker.supervision.trainer_pool import TrainerPool
from worker.supervision.trainer_process import TrainerProcess

LEASE = Lease("0123456789abcdef", 7)
ECHO = ("head", "-n", "1")  # prints the line that it reads
CPU = Device("cpu-0", "a processor")


@pytest.fixture
def pool() -> Iterator[TrainerPool]:
    """A pool whose trainers print what they read."""
    pool = TrainerPool(CPU, command=ECHO)
    yield pool
    pool.close()


def output_of(trainer: TrainerProcess) -> str:
    trainer.process.wait(10)
    output = trainer.output()
    trainer.end()
    return output


def failure_of(pool: TrainerPool) -> str:
    """Waits until the preforked trainer has failed, and returns why."""
    deadline = time.monotonic() + 10
    while (failure := pool.failure()) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert failure is not None
    return failure


def fail(*_arguments: Any, **_options: Any) -> None:
    raise OSError(12, "Cannot allocate memory")


def test_the_preforked_trainer_gets_the_lease(pool: TrainerPool) -> None:
    pool.prefork()

    assert output_of(pool.start(LEASE)) == '{"run_id": "0123456789abcdef", "number": 7}'


def test_without_a_preforked_trainer_one_is_started(pool: TrainerPool) -> None:
    assert "0123456789abcdef" in output_of(pool.start(LEASE))


def test_a_pool_that_does_not_prefork_starts_a_trainer_only_for_a_run() -> None:
    pool = TrainerPool(CPU, preforks=False, command=ECHO)

    pool.prefork()

    assert pool._next is None
    assert "0123456789abcdef" in output_of(pool.start(LEASE))


def test_a_failed_prefork_does_not_affect_later_runs(pool: TrainerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(subprocess, "Popen", fail)
        pool.prefork()
        with pytest.raises(OSError, match="Cannot allocate memory"):
            pool.start(LEASE)
        pool.prefork()

    assert "0123456789abcdef" in output_of(pool.start(LEASE))


def test_a_preforked_trainer_that_dies_is_not_restarted_at_once(
    monkeypatch: pytest.MonkeyPatch, pool: TrainerPool
) -> None:
    started: list[Any] = []
    start = subprocess.Popen

    def counted(*arguments: Any, **options: Any) -> Any:
        started.append(arguments)
        return start(("true",), **options)

    monkeypatch.setattr(subprocess, "Popen", counted)
    for _ in range(5):
        pool.prefork()
        if pool._next is not None:
            pool._next.result().process.wait(timeout=10)

    assert len(started) == 1
    assert pool.failure() == "Trainer process exited with code 0"


def test_a_preforked_trainer_that_ends_leaves_the_last_line_of_its_error() -> None:
    pool = TrainerPool(CPU, command=("sh", "-c", "echo Traceback; echo No module named keras >&2; exit 1"))

    pool.prefork()

    assert failure_of(pool) == "No module named keras"
    pool.close()


def test_a_preforked_trainer_that_is_killed_leaves_the_signal() -> None:
    pool = TrainerPool(CPU, command=("sh", "-c", "echo a warning; kill -9 $$"))

    pool.prefork()

    assert failure_of(pool) == "Trainer process killed (SIGKILL)"
    pool.close()


def test_a_trainer_that_waits_is_no_failure(pool: TrainerPool) -> None:
    assert pool.failure() is None

    pool.prefork()
    trainer = pool.restart()

    assert trainer.is_running()
    assert pool.failure() is None
