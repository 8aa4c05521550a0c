"""Trainer processes: a warm spare waits with Keras imported, so that a run begins at once."""

import json
import subprocess
import sys
import time
from concurrent.futures import Future

from backend.lifecycle.leases import Lease
from worker.supervision.devices import Device
from worker.supervision.spawner import spawner

# A trainer says this when it has its run.
BEGINS = "begins run "
# The exit code of a trainer whose database is away.
NO_DATABASE = 4
# A spare that can't start, or dies in its imports, is not tried again beside a training at once.
AGAIN_SECONDS = 30.0
COMMAND = (sys.executable, "-m", "worker.trainer")


class TrainerPool:
    """The next trainer of one slot."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._next: Future[subprocess.Popen[str]] | None = None
        self._tried = -AGAIN_SECONDS

    def warm(self) -> None:
        """Start the next trainer, unless there is one that lives or the last try was just now."""
        if not self._lives() and time.monotonic() - self._tried >= AGAIN_SECONDS:
            self._tried = time.monotonic()
            self._next = spawner.submit(self._start)

    def take(self, lease: Lease) -> "subprocess.Popen[str]":
        """Give the next trainer its run. The rest of its output can be read from `stdout`.

        Raises:
            OSError: no process could be started.
        """
        waiting = self._next if self._lives() else None
        if waiting is not None:
            self._tried = -AGAIN_SECONDS
        self._next = None
        trainer = (waiting or spawner.submit(self._start)).result()
        assert trainer.stdin is not None  # noqa: S101 - it is a pipe
        try:
            trainer.stdin.write(json.dumps({"run_id": lease.run_id, "number": lease.number}) + "\n")
            trainer.stdin.flush()
        except BrokenPipeError:
            pass  # it died just now; the supervisor sees that and says so
        return trainer

    def end(self) -> None:
        if self._next is not None and self._lives():
            self._next.result().kill()

    def _lives(self) -> bool:
        """Whether the next trainer waits, or is being started."""
        if self._next is None:
            return False
        return not self._next.done() or (self._next.exception() is None and self._next.result().poll() is None)

    def _start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self._device.environment(),
        )
