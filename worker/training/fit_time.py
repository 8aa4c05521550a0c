"""Measures what the seconds of `fit` are spent on, for the log of the run."""

import enum
import time


class Part(enum.StrEnum):
    """A part of `fit`, in the words of the log."""

    FIRST_TRAINING = "training the first epoch with its tracing"
    TRAINING = "training the others"
    VALIDATION = "validation"
    SAVING = "saving files"
    REPORTING = "storing and sending results"
    PREPARING = "preparing epochs"


class FitTime:
    """Seconds by part. A part lasts from the end of the one before it, so that together they are all of `fit`."""

    def __init__(self) -> None:
        self._seconds = dict.fromkeys(Part, 0.0)
        self._ended_at = time.perf_counter()

    def start(self) -> None:
        """Begins the first part."""
        self._ended_at = time.perf_counter()

    def end(self, part: Part) -> None:
        """Counts the time since the last end as that of `part`. The first training is a part of its own."""
        now = time.perf_counter()
        if part is Part.TRAINING and not self._seconds[Part.FIRST_TRAINING]:
            part = Part.FIRST_TRAINING
        self._seconds[part] += now - self._ended_at
        self._ended_at = now

    def describe(self) -> str:
        """Returns a line for the log of the run."""
        parts = [f"{seconds:.2f} s {part}" for part, seconds in self._seconds.items() if seconds]
        return f"fit took {sum(self._seconds.values()):.2f} s: {', '.join(parts)}"
