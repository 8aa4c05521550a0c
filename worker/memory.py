"""A trainer that the kernel ended because the machine had no memory left."""

from pathlib import Path

from backend.schemas import RunError
from worker.failures import SMALLER

COUNTERS = Path("/proc/vmstat")


def oom_kills(counters: Path = COUNTERS) -> int:
    """How many processes Linux has ended for want of memory since it started; 0 where it doesn't say."""
    try:
        lines = counters.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def out_of_memory() -> RunError:
    return RunError(
        title="It ran out of memory",
        detail="The kernel ended the trainer because the machine had no memory left; it is not tried again.",
        hint=SMALLER,
    )
