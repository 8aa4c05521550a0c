"""Lets threads that answer requests run soon beside others that compute for seconds."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

# Between two turns of threads. An answer takes some ten turns, for which the others wait up to 5 ms by default.
SWITCH_SECONDS = 0.00005
MAX_PAUSE_SECONDS = 0.01  # for one answer; one that takes longer waits for the database
MAX_PAUSED_SHARE = 0.5  # of the time of a block, so that it ends however many answers there are


class ShortTurns:
    """The turns of this process are short while a block is entered by any thread, and then as long as before.

    A thread in such a block pauses while others answer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks = 0
        self._seconds_before = SWITCH_SECONDS
        self._answers = 0
        self._no_answer = threading.Event()
        self._pause_until = self._entered_at = self._paused_seconds = 0.0

    def __enter__(self) -> None:
        with self._lock:
            if self._blocks == 0:
                self._seconds_before = sys.getswitchinterval()
                sys.setswitchinterval(SWITCH_SECONDS)
                self._entered_at, self._paused_seconds = time.monotonic(), 0.0
            self._blocks += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            self._blocks -= 1
            if self._blocks == 0:
                sys.setswitchinterval(self._seconds_before)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Lets the threads in blocks pause until this block, which takes milliseconds, has ended."""
        with self._lock:
            self._answers += 1
            self._pause_until = time.monotonic() + MAX_PAUSE_SECONDS
            self._no_answer.clear()
        try:
            yield
        finally:
            with self._lock:
                self._answers -= 1
                if self._answers == 0:
                    self._no_answer.set()

    def pause(self) -> None:
        """Waits until no thread answers, unless the block has waited for too long already."""
        if self._answers == 0:
            return
        started = time.monotonic()
        most = min(self._pause_until - started, MAX_PAUSED_SHARE * (started - self._entered_at) - self._paused_seconds)
        if most > 0:
            self._no_answer.wait(most)
            self._paused_seconds += time.monotonic() - started


short_turns = ShortTurns()
