"""Whether a slot can start trainers. A slot that can't is paused, so that it does not claim one run after another."""

import time

FIRST_PAUSE_SECONDS = 2.0
MAX_PAUSE_SECONDS = 300.0  # a repaired machine trains again within five minutes, without a restart of its worker


class SlotHealth:
    """`error` says why the last trainer did not start; None if it did. Each failure before a run doubles the pause."""

    def __init__(self) -> None:
        self.error: str | None = None
        self._failures = 0
        self._paused_until = 0.0

    def failed(self, error: str) -> None:
        """Notes that a trainer ended before it began a run, and pauses the slot."""
        self.error = error
        self._paused_until = time.monotonic() + min(
            MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(self._failures, 20)
        )
        self._failures += 1

    def recovered(self) -> None:
        """Notes that a trainer is ready for a run. If it can't begin one, the next pause is still longer."""
        self.error = None

    def begun(self) -> None:
        """Notes that a trainer began its run."""
        self._failures = 0

    def pause_seconds(self) -> float:
        """Returns the rest of the pause in seconds."""
        return max(0.0, self._paused_until - time.monotonic())
