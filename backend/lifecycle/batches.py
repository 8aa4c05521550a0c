"""Parts of a large change, each for one transaction, between which other writers have their turn."""

import time
from collections.abc import Iterator, Sequence

BATCH = 50  # runs that are changed in one transaction, which takes some 50 ms


def batches(run_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yields the ids in parts, and waits between two as long as the change of the first one took.

    Other writers of SQLite try for its lock some ten times a second.
    """
    for start in range(0, len(run_ids), BATCH):
        began = time.monotonic()
        yield run_ids[start : start + BATCH]
        if start + BATCH < len(run_ids):
            time.sleep(time.monotonic() - began)
