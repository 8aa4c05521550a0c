"""Lets threads that answer requests run soon beside others that compute for seconds."""

import sys
import threading
from types import TracebackType

# Between two turns of threads. An answer takes some ten turns, for which the others wait up to 5 ms by default.
SWITCH_SECONDS = 0.0002


class ShortTurns:
    """The turns of this process are short while a block is entered by any thread, and then as long as before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks = 0
        self._seconds_before = SWITCH_SECONDS

    def __enter__(self) -> None:
        with self._lock:
            if self._blocks == 0:
                self._seconds_before = sys.getswitchinterval()
                sys.setswitchinterval(SWITCH_SECONDS)
            self._blocks += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            self._blocks -= 1
            if self._blocks == 0:
                sys.setswitchinterval(self._seconds_before)


short_turns = ShortTurns()
