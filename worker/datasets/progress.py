"""How far a preparation is, for whoever shows it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

AGAIN_SECONDS = 15.0


@dataclass(frozen=True)
class Step:
    """`text` says what is being done; `done` and `total` count bytes or images, `total` None where nobody knows it."""

    text: str
    done: int = 0
    total: int | None = None
    unit: Literal["bytes", "images"] = "images"

    def __str__(self) -> str:
        if self.unit == "bytes":
            so_far, whole = _megabytes(self.done), _megabytes(self.total or 0)
        else:
            so_far, whole = f"{self.done:,}", f"{self.total or 0:,} {self.unit}"
        if not self.done:
            return self.text
        return f"{self.text}: {so_far} of {whole}" if self.total else f"{self.text}: {so_far}"


Progress = Callable[[Step], object]


def in_sentences(say: Callable[[str], object]) -> Progress:
    """Progress as lines of a log: one when something new begins, then one each AGAIN_SECONDS."""
    last = ("", 0.0)

    def tell(step: Step) -> None:
        nonlocal last
        now = time.monotonic()
        if step.text != last[0] or now - last[1] >= AGAIN_SECONDS:
            last = (step.text, now)
            say(str(step))

    return tell


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
