"""Which process the kernel kills first when memory runs out."""

import contextlib
from pathlib import Path

OOM_SCORE = "500"  # of -1000 to 1000; workers and trainers have 0


def raise_oom_score() -> None:
    """Makes the kernel kill this process before a worker or a trainer (Linux only)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(OOM_SCORE)
