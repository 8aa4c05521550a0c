"""Parts of a large change, each for one transaction, between which other writers have their turn."""

import time
from collections.abc import Callable, Sequence

from backend.db.errors import NO_ANSWER, is_full
from backend.errors import Unavailable

BATCH = 50  # runs that are changed in one transaction, which takes some 50 ms


def in_batches(run_ids: Sequence[str], change: Callable[[Sequence[str]], object]) -> None:
    """Calls `change` with part after part of the ids, and waits between two as long as the first one took.

    Other writers of SQLite try for its lock some ten times a second.

    Raises:
        Unavailable: The database did not answer; the parts before are changed.
    """
    for start in range(0, len(run_ids), BATCH):
        began = time.monotonic()
        try:
            change(run_ids[start : start + BATCH])
        except NO_ANSWER as error:
            if is_full(error):
                raise  # is answered by itself
            done = f"{start:,} of {len(run_ids):,} runs were changed"
            raise Unavailable(f"The database did not answer; {done}. Repeat the request in a few seconds.") from error
        if start + BATCH < len(run_ids):
            time.sleep(time.monotonic() - began)
