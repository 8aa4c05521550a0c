"""Trainer processes of one slot: the next trainer is started ahead of its run, so that Keras is already imported."""

import json
import subprocess
import sys
import time
from concurrent.futures import Future

from backend.lifecycle.leases import Lease
from worker.supervision.devices import Device
from worker.supervision.spawner import spawner

START_LINE = "starts run "  # a trainer prints it, with the run's id, after its imports
EXIT_NO_DATABASE = 4  # exit code of a trainer that could not reach the database
RETRY_SECONDS = 30.0  # between two attempts to prefork, so that a trainer that fails at once is not started in a loop
COMMAND = (sys.executable, "-m", "worker.trainer")


class TrainerPool:
    """Holds at most one trainer that waits for its run. With `preforks=False` each starts with its run."""

    def __init__(self, device: Device, preforks: bool = True) -> None:
        self._device = device
        self._preforks = preforks
        self._next: Future[subprocess.Popen[str]] | None = None
        self._attempted_at = -RETRY_SECONDS

    def prefork(self) -> None:
        """Starts the next trainer unless one is waiting or the last attempt was less than `RETRY_SECONDS` ago."""
        if self._preforks and not self._is_ready() and time.monotonic() - self._attempted_at >= RETRY_SECONDS:
            self._attempted_at = time.monotonic()
            self._next = spawner.submit(self._spawn)

    def start(self, lease: Lease) -> "subprocess.Popen[str]":
        """Sends the lease to the next trainer and returns its process. Its further output is in `stdout`.

        Raises:
            OSError: The process could not be started.
        """
        preforked = self._next if self._is_ready() else None
        if preforked is not None:
            self._attempted_at = -RETRY_SECONDS
        self._next = None
        trainer = (preforked or spawner.submit(self._spawn)).result()
        assert trainer.stdin is not None  # noqa: S101 - it is a pipe
        try:
            trainer.stdin.write(json.dumps({"run_id": lease.run_id, "number": lease.number}) + "\n")
            trainer.stdin.flush()
        except BrokenPipeError:
            pass  # the process has just ended; its supervisor sees the exit code
        return trainer

    def close(self) -> None:
        """Kills the trainer that waits."""
        if self._next is not None and self._is_ready():
            self._next.result().kill()

    def _is_ready(self) -> bool:
        """Returns whether the next trainer is waiting or being started."""
        if self._next is None:
            return False
        return not self._next.done() or (self._next.exception() is None and self._next.result().poll() is None)

    def _spawn(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self._device.environment(),
        )
