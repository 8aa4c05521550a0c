"""The trainer pool: preforked trainers, and what happens when a process cannot be started."""

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from backend.lifecycle.leases import Lease
from worker.supervision import trainer_pool
from worker.supervision.devices import Device
from worker.supervision.trainer_pool import TrainerPool

LEASE = Lease("0123456789abcdef", 7)
ECHO = ("sh", "-c", "cat")


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainerPool]:
    """A pool whose trainers print what they read."""
    monkeypatch.setattr(trainer_pool, "COMMAND", ECHO)
    pool = TrainerPool(Device("cpu-0", "a processor"))
    yield pool
    pool.close()


def output_of(trainer: "subprocess.Popen[str]") -> str:
    output, _ = trainer.communicate(timeout=10)
    return str(output)


def fail(*_arguments: Any, **_options: Any) -> None:
    raise OSError(12, "Cannot allocate memory")


def test_the_preforked_trainer_gets_the_lease(pool: TrainerPool) -> None:
    pool.prefork()

    assert output_of(pool.start(LEASE)) == '{"run_id": "0123456789abcdef", "number": 7}\n'


def test_without_a_preforked_trainer_one_is_started(pool: TrainerPool) -> None:
    assert "0123456789abcdef" in output_of(pool.start(LEASE))


def test_a_pool_that_does_not_prefork_starts_a_trainer_only_for_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer_pool, "COMMAND", ECHO)
    pool = TrainerPool(Device("cpu-0", "a processor"), preforks=False)

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
            pool._next.result().communicate(timeout=10)

    assert len(started) == 1
