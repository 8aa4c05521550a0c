"""A trainer that the kernel ended because the machine had no memory left."""

import math
import time
from pathlib import Path

from backend.runs.schemas import RunError
from worker.failures import LESS_MEMORY_HINT

COUNTERS = Path("/proc/vmstat")
RECENT_SECONDS = 10.0


class OomKills:
    """Whether Linux has just ended a process for want of memory: looked at again and again while a trainer runs.

    The count is the whole machine's, so that only a kill shortly before a trainer's death says something about it.
    """

    def __init__(self, counters: Path = COUNTERS) -> None:
        self._counters = counters
        self._count = self._read()
        self._risen = -math.inf

    def look(self) -> None:
        count = self._read()
        if count > self._count:
            self._count, self._risen = count, time.monotonic()

    def recent(self) -> bool:
        self.look()
        return time.monotonic() - self._risen < RECENT_SECONDS

    def _read(self) -> int:
        """0 where the kernel doesn't count."""
        try:
            lines = self._counters.read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def out_of_memory() -> RunError:
    return RunError(
        title="Out of memory",
        detail="The kernel ended the trainer because the machine had no memory left; it is not tried again.",
        hint=LESS_MEMORY_HINT,
    )
