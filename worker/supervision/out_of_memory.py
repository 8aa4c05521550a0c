"""Detects that the kernel's OOM killer has ended a trainer."""

import math
import time
from pathlib import Path

from backend.runs.schemas import RunError
from worker.failures import LESS_MEMORY_HINT

VMSTAT = Path("/proc/vmstat")
RECENT_SECONDS = 10.0


class OomKills:
    """Watches Linux's count of OOM kills. The count is machine-wide, so only a recent kill explains a trainer's end."""

    def __init__(self, vmstat: Path = VMSTAT) -> None:
        self._vmstat = vmstat
        self._count = self._read()
        self._increased_at = -math.inf

    def poll(self) -> None:
        """Notes the time if the count has increased; called repeatedly while a trainer runs."""
        count = self._read()
        if count > self._count:
            self._count, self._increased_at = count, time.monotonic()

    def is_recent(self) -> bool:
        """Returns whether a process was killed within the last `RECENT_SECONDS`."""
        self.poll()
        return time.monotonic() - self._increased_at < RECENT_SECONDS

    def _read(self) -> int:
        """Returns the count, or 0 where the kernel has none."""
        try:
            lines = self._vmstat.read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def out_of_memory() -> RunError:
    """Returns the error of a run whose trainer was ended by the OOM killer."""
    return RunError(
        title="Out of memory",
        detail="The kernel killed the trainer because the machine ran out of memory. The run is not retried.",
        hint=LESS_MEMORY_HINT,
    )
