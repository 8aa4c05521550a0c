"""Notices that a trainer makes no progress, by what each phase of its training usually takes."""

import collections
import math
import statistics
from collections.abc import Iterable

from worker.trainer_lines import Sign

REPORT_FACTOR = 3  # times the usual duration of a phase, after which a stall is reported
LIMIT_FACTOR = 20  # times the usual duration, after which the trainer is killed
MAX_LIMIT_SECONDS = 3600.0  # for the first of everything: reading data, tracing the graph, a first validation
MAX_TICK_SECONDS = 1.0  # between two polls; more is a pause of this process, which the trainer may have shared
SAMPLES = 20  # durations of a phase that its median is taken of
MIN_SAMPLES = 3

# Shares of the least limit, `Settings.stall_seconds`, after which a stall is reported at the earliest.
STOPPED_SHARE = 1 / 120  # by a signal: there is no doubt
STEP_SHARE = 1 / 24  # a busy machine delays a short step by more than three times its length
LONG_SHARE = 1 / 6  # validation and saving, and every phase in the first epoch, whose first steps compile


class StallWatch:
    """Measures how long a trainer has been silent, and how long each phase of its training usually takes.

    `is_stopped` says whether a signal has stopped the process.
    """

    def __init__(self, stall_seconds: float) -> None:
        self._least_limit = stall_seconds
        self._durations: dict[Sign, collections.deque[float]] = {}
        self._phase, self._phase_at = Sign.BEGINS, math.inf
        self._polled_at = math.inf
        self.is_stopped = False
        self.silent_seconds = 0.0

    def poll(self, now: float, signs: Iterable[tuple[Sign, float]], *, is_stopped: bool) -> None:
        """Takes the signs since the last poll, with the monotonic times at which they were read."""
        self.silent_seconds += min(max(0.0, now - self._polled_at), MAX_TICK_SECONDS)
        self._polled_at, self.is_stopped = now, is_stopped
        for sign, at in signs:
            self.silent_seconds = 0.0
            if sign is not Sign.ALIVE:
                self._enter(sign, at)

    @property
    def usual_seconds(self) -> float | None:
        """The median duration of the current phase in this attempt; None if it was not seen often enough."""
        durations = self._durations.get(self._phase, ())
        return statistics.median(durations) if len(durations) >= MIN_SAMPLES else None

    @property
    def is_stalled(self) -> bool:
        return self.silent_seconds > self._report_after()

    @property
    def is_over(self) -> bool:
        """Whether the trainer has to be killed, so that its run resumes with another one."""
        return self.silent_seconds > self.limit_seconds

    @property
    def limit_seconds(self) -> float:
        usual = self.usual_seconds
        if self.is_stopped:
            return self._least_limit
        if usual is None:
            return MAX_LIMIT_SECONDS
        return min(max(self._least_limit, LIMIT_FACTOR * usual), MAX_LIMIT_SECONDS)

    def sentence(self) -> str:
        """Returns for how long the trainer has been silent, without a full stop."""
        usual = self.usual_seconds
        comparison = f" (usually {usual:.1f} s)" if usual is not None else ""
        cause = ": a signal has stopped the trainer" if self.is_stopped else ""
        return f"No progress for {self.silent_seconds:.1f} s{comparison}{cause}"

    def _report_after(self) -> float:
        usual = self.usual_seconds
        if usual is None and not self.is_stopped:
            return MAX_LIMIT_SECONDS / REPORT_FACTOR
        return max(REPORT_FACTOR * (usual or 0.0), self._share() * self._least_limit)

    def _share(self) -> float:
        if self.is_stopped:
            return STOPPED_SHARE
        is_first_epoch = Sign.SAVED not in self._durations
        return LONG_SHARE if is_first_epoch or self._phase is Sign.EVALUATES else STEP_SHARE

    def _enter(self, phase: Sign, at: float) -> None:
        durations = self._durations.setdefault(self._phase, collections.deque(maxlen=SAMPLES))
        durations.append(at - self._phase_at)
        self._phase, self._phase_at = phase, at
