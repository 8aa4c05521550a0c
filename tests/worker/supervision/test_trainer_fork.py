"""Trainers that are forked from one process that has imported Keras."""

import errno
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from backend.settings import Settings
from tests.conftest import NO_REDIS
from tests.support.service.waiting import wait_until
from tests.support.storage.databases import create_sqlite
from worker import fork_server
from worker.supervision.devices import Device
from worker.supervision.trainer_fork import ForkServer
from worker.supervision.trainer_process import TrainerProcess

pytestmark = pytest.mark.slow

CPU = Device("cpu-0", "a processor")
NO_RUN = '{"run_id": "none", "number": 1}\n'
EXIT_FENCED = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """Its trainers find a database without runs."""
    folder = tmp_path_factory.mktemp("data")
    create_sqlite(Settings(data_dir=folder))
    environment = {"EPOCHBOARD_DATA_DIR": str(folder), "EPOCHBOARD_REDIS_URL": NO_REDIS}
    server = ForkServer({**CPU.environment(), **environment})
    yield server
    server.close()


def ready_trainer(server: ForkServer) -> TrainerProcess:
    trainer = TrainerProcess(server.fork())
    wait_until(lambda: trainer.is_ready or not trainer.is_running())
    assert trainer.is_ready, trainer.output()
    return trainer


def send_lease(trainer: TrainerProcess) -> None:
    assert trainer.process.stdin is not None
    trainer.process.stdin.write(NO_RUN)
    trainer.process.stdin.flush()


def test_each_trainer_has_its_own_lease_output_and_exit_code(server: ForkServer) -> None:
    first, second = ready_trainer(server), ready_trainer(server)
    assert first.process.pid != second.process.pid
    assert " ".join(psutil.Process(first.process.pid).cmdline()).strip().endswith("-m worker.trainer")

    send_lease(first)
    assert first.process.wait(30) == EXIT_FENCED
    assert first.has_begun()
    assert second.is_running()
    assert not second.has_begun()

    for trainer in (first, second):
        trainer.end()
    assert second.process.wait(5) == -signal.SIGKILL


def test_only_the_main_thread_and_those_of_blas_run_in_the_process_that_is_forked(server: ForkServer) -> None:
    """The threads of TensorFlow would be missing in each trainer. OpenBLAS starts its own again."""
    trainer = ready_trainer(server)
    forked_from = psutil.Process(trainer.process.pid).parent()
    trainer.end()

    assert forked_from is not None
    assert forked_from.num_threads() <= (os.cpu_count() or 1)


def test_trainers_end_with_the_process_that_is_killed_and_the_next_one_is_forked_from_another(
    server: ForkServer,
) -> None:
    trainer = ready_trainer(server)
    forked_from = psutil.Process(trainer.process.pid).parent()
    assert forked_from is not None

    forked_from.kill()

    assert trainer.process.wait(5) == -signal.SIGKILL
    trainer.end()
    ready_trainer(server).end()


def test_a_trainer_is_killed_that_ends_at_the_same_moment(server: ForkServer) -> None:
    """The server has reaped the process and has not reported its end yet, so there is no process of this id."""
    trainer = ready_trainer(server)
    process_id = trainer.process.pid
    trainer.process.poll = lambda: None  # type: ignore[method-assign]
    os.kill(process_id, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(process_id))

    trainer.process.kill()

    del trainer.process.poll
    trainer.end()
    assert trainer.process.wait(5) == -signal.SIGKILL


def test_without_room_for_another_process_only_that_trainer_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room() -> int:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", no_room)
    (stdin, lease), (output, stdout), (report, status) = os.pipe(), os.pipe(), os.pipe()

    with socket.socket() as requests:
        assert fork_server.fork_trainer(requests, [stdin, stdout, status]) is None

    assert os.read(report, 64).split() == [str(os.getpid()).encode(), b"1"]
    assert b"no trainer could be forked: [Errno 11] Resource temporarily unavailable" in os.read(output, 200)
    for file in (lease, output, report):
        os.close(file)


def test_imports_that_fail_are_reported_by_the_trainer_that_needs_them(tmp_path: Path) -> None:
    (tmp_path / "keras.py").write_text("raise ModuleNotFoundError(\"No module named 'keras'\")\n")
    server = ForkServer({**CPU.environment(), "PYTHONPATH": str(tmp_path)})

    trainer = TrainerProcess(server.fork())

    assert trainer.process.wait(30) == 1
    assert trainer.why_ended() == "ModuleNotFoundError: No module named 'keras'"
    trainer.end()
    server.close()
