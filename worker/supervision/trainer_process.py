"""A trainer as its supervisor sees it: the process, and what it has printed."""

import collections
import contextlib
import logging
import queue
import subprocess
import threading
import time

import psutil

from backend.pipes import opened
from worker.supervision.trainer_exit import Exit
from worker.supervision.trainer_fork import ForkedProcess
from worker.trainer_lines import Sign, read_sign

log = logging.getLogger(__name__)

MAX_LINES = 20  # of the output, kept for the log of the run


class TrainerProcess:
    """Reads the output of a trainer in a thread, to its end, so that the trainer never blocks on a full pipe.

    `begun_at` is the monotonic time at which the trainer began its run, `database_error` the message of the
    database if the trainer ended because of it.
    """

    def __init__(self, process: "subprocess.Popen[str] | ForkedProcess") -> None:
        self.process = process
        self.begun_at: float | None = None
        self.is_ready = False
        self.database_error: str | None = None
        self._signs: queue.SimpleQueue[tuple[Sign, float]] = queue.SimpleQueue()
        self._lines: collections.deque[str] = collections.deque(maxlen=MAX_LINES)
        self._thread = threading.Thread(target=self._read, daemon=True, name=f"output of trainer {process.pid}")
        self._thread.start()

    def is_running(self) -> bool:
        return self.process.poll() is None

    def is_stopped(self) -> bool:
        """Returns whether a signal has stopped the process, such as SIGSTOP."""
        try:
            return psutil.Process(self.process.pid).status() == psutil.STATUS_STOPPED
        except psutil.NoSuchProcess:
            return False

    def take_signs(self) -> list[tuple[Sign, float]]:
        """Returns the signs that the trainer has printed since the last call, with monotonic times."""
        return [self._signs.get() for _ in range(self._signs.qsize())]

    def has_begun(self) -> bool:
        """Returns whether a trainer that has ended had begun its run."""
        self._thread.join(timeout=1)
        return self.begun_at is not None

    def output(self) -> str:
        """Returns the last lines of a trainer that has ended; empty if it printed nothing."""
        self._thread.join(timeout=1)
        return "\n".join(self._lines)

    def why_ended(self) -> str:
        """Returns why a trainer ended before it began a run: the last line of its traceback, or its exit code."""
        code, last_line = self.process.wait(), self.output().rpartition("\n")[2]
        return last_line if code > 0 and last_line else Exit.of_process(code).sentence()

    def end(self) -> None:
        """Kills the process if it runs; input that it has not read is discarded."""
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(BrokenPipeError):
            if self.process.stdin is not None:
                self.process.stdin.close()

    def _read(self) -> None:
        with opened(self.process.stdout) as stdout:
            for line in stdout:
                self._read_line(line.rstrip())

    def _read_line(self, line: str) -> None:
        match read_sign(line):
            case None:
                self._add(line)
            case (Sign.READY, _):
                self.is_ready = True
            case (Sign.BEGINS, _):
                self.begun_at = time.monotonic()
                self._lines.clear()  # output of the imports does not belong to the run
            case (Sign.NO_DATABASE, text):
                self.database_error = text
            case (sign, _):
                self._signs.put((sign, time.monotonic()))

    def _add(self, line: str) -> None:
        if line:
            self._lines.append(line)
            log.debug("trainer %d: %s", self.process.pid, line)
