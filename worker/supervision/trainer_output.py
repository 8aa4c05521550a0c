"""Reads the output of a trainer in a thread and keeps its last lines for the run's log."""

import collections
import logging
import subprocess
import threading
import time

from worker.supervision.trainer_pool import START_LINE

log = logging.getLogger(__name__)

MAX_LINES = 20


class OutputTail:
    """Reads a trainer's output to its end, so that the trainer never blocks on a full pipe.

    `started_at` is the monotonic time at which the trainer had finished its imports and started its run.
    """

    def __init__(self, trainer: "subprocess.Popen[str]") -> None:
        self.started_at: float | None = None
        self._lines: collections.deque[str] = collections.deque(maxlen=MAX_LINES)
        self._thread = threading.Thread(target=self._read, args=(trainer,), daemon=True)
        self._thread.start()

    def _read(self, trainer: "subprocess.Popen[str]") -> None:
        assert trainer.stdout is not None  # noqa: S101 - it is a pipe
        with trainer.stdout:
            for line in trainer.stdout:
                if line.startswith(START_LINE):
                    self.started_at = time.monotonic()
                    self._lines.clear()  # output of the imports does not belong to the run
                    continue
                self._lines.append(line.rstrip())
                log.debug("trainer %d: %s", trainer.pid, line.rstrip())

    def text(self) -> str:
        """Returns the last lines of a trainer that has ended; empty if it printed nothing."""
        self._thread.join(timeout=1)
        return "\n".join(self._lines)
