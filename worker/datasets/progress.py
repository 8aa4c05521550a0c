"""Progress of preparing a dataset, reported through a callback to the dataset's row or to a run's log."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from backend.phrases import in_bytes

REPEAT_SECONDS = 15.0  # between two log lines about the same activity


@dataclass(frozen=True)
class ProgressUpdate:
    """`text` names the activity; `done` and `total` count bytes or images, `total` is None while it is unknown."""

    text: str
    done: int = 0
    total: int | None = None
    unit: Literal["bytes", "images"] = "images"

    def __str__(self) -> str:
        if self.unit == "bytes":
            done, total = in_bytes(self.done), in_bytes(self.total or 0)
        else:
            done, total = f"{self.done:,}", f"{self.total or 0:,} {self.unit}"
        if not self.done:
            return self.text
        return f"{self.text}: {done} of {total}" if self.total else f"{self.text}: {done}"


ProgressCallback = Callable[[ProgressUpdate], object]


def log_progress(write_line: Callable[[str], object]) -> ProgressCallback:
    """Returns a callback that writes a line when the activity changes, and each REPEAT_SECONDS while it goes on."""
    text, written_at = "", 0.0

    def on_progress(update: ProgressUpdate) -> None:
        nonlocal text, written_at
        now = time.monotonic()
        if update.text != text or now - written_at >= REPEAT_SECONDS:
            text, written_at = update.text, now
            write_line(str(update))

    return on_progress
