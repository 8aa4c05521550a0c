"""Trainer processes of one slot: the next trainer is started ahead of its run, so that Keras is already imported."""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future

from backend.lifecycle.leases import Lease
from backend.pipes import opened
from worker.supervision.devices import Device
from worker.supervision.spawner import spawner
from worker.supervision.trainer_fork import ForkServer, can_fork
from worker.supervision.trainer_process import TrainerProcess

COMMAND = (sys.executable, "-m", "worker.trainer")


class TrainerPool:
    """Holds at most one trainer that waits for its run. With `preforks=False` each starts with its run.

    Preforked trainers without a GPU are forked on Linux: only the first of a slot has to wait for the imports.
    """

    def __init__(self, device: Device, preforks: bool = True, command: Sequence[str] = COMMAND) -> None:
        self._device = device
        self._preforks = preforks
        self._command = command
        self._next: Future[TrainerProcess] | None = None
        forks = preforks and not device.uuid and command is COMMAND and can_fork()
        self._fork_server = ForkServer(device.environment()) if forks else None

    def prefork(self) -> None:
        """Starts the next trainer, unless one was started: one that has ended is replaced by `restart`."""
        if self._preforks and self._next is None:
            self._submit()

    def failure(self) -> str | None:
        """Returns why the trainer that was to wait for the next run could not start or has ended; None if it waits."""
        started = self._next
        if started is None or not started.done():
            return None
        if (error := started.exception()) is not None:
            return str(error)
        trainer = started.result()
        return None if trainer.is_running() else trainer.why_ended()

    def restart(self) -> TrainerProcess:
        """Starts the next trainer in place of one that failed, and returns it.

        Raises:
            OSError: The process could not be started.
        """
        self.close()
        return self._submit().result()

    def start(self, lease: Lease) -> TrainerProcess:
        """Sends the lease to the next trainer and returns it.

        Raises:
            OSError: The process could not be started.
        """
        trainer = self.restart() if self.failure() is not None else (self._next or self._submit()).result()
        self._next = None
        stdin = opened(trainer.process.stdin)
        try:
            stdin.write(json.dumps({"run_id": lease.run_id, "number": lease.number}) + "\n")
            stdin.flush()
        except BrokenPipeError:
            pass  # the process has just ended; its supervisor sees the exit code
        return trainer

    def close(self) -> None:
        """Ends the trainer that waits, and the process that forks trainers."""
        if self._next is not None and self._next.exception() is None:
            self._next.result().end()
        if self._fork_server is not None:
            self._fork_server.close()

    def _submit(self) -> Future[TrainerProcess]:
        self._next = spawner.submit(self._spawn)
        return self._next

    def _spawn(self) -> TrainerProcess:
        if self._fork_server is not None:
            return TrainerProcess(self._fork_server.fork())
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self._device.environment(),
        )
        return TrainerProcess(process)
