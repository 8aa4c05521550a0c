"""The warm spare: a process that can't start costs one run a wait, and nothing else."""

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
def echoing(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainerPool]:
    """A spare whose trainer says what it is told."""
    monkeypatch.setattr(trainer_pool, "COMMAND", ECHO)
    made = TrainerPool(Device("cpu-0", "a processor"))
    yield made
    made.end()


def told(trainer: "subprocess.Popen[str]") -> str:
    output, _ = trainer.communicate(timeout=10)
    return str(output)


def fail(*_arguments: Any, **_options: Any) -> None:
    raise OSError(12, "Cannot allocate memory")


def test_the_warm_trainer_gets_the_lease(echoing: TrainerPool) -> None:
    echoing.warm()

    assert told(echoing.take(LEASE)) == '{"run_id": "0123456789abcdef", "number": 7}\n'


def test_without_a_warm_one_a_trainer_is_started(echoing: TrainerPool) -> None:
    assert "0123456789abcdef" in told(echoing.take(LEASE))


def test_a_spare_that_could_not_start_hinders_nobody_later(
    echoing: TrainerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(subprocess, "Popen", fail)
        echoing.warm()
        with pytest.raises(OSError, match="Cannot allocate memory"):
            echoing.take(LEASE)
        echoing.warm()

    assert "0123456789abcdef" in told(echoing.take(LEASE))


def test_a_spare_that_dies_is_not_started_again_at_once(monkeypatch: pytest.MonkeyPatch, echoing: TrainerPool) -> None:
    started: list[Any] = []
    start = subprocess.Popen

    def counted(*arguments: Any, **options: Any) -> Any:
        started.append(arguments)
        return start(("true",), **options)

    monkeypatch.setattr(subprocess, "Popen", counted)
    for _ in range(5):
        echoing.warm()
        if echoing._next is not None:
            echoing._next.result().communicate(timeout=10)

    assert len(started) == 1
