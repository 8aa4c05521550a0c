"""Reports the computation of features: how far it is, and what was computed in how many seconds."""

import math
import time

from backend.phrases import counted
from worker.trainer_lines import Sign
from worker.training.callbacks.stream_metrics import PROGRESS_SECONDS
from worker.training.report import Report

WAIT_SECONDS = 0.5  # between two looks at whether another run is done


class FeatureProgress:
    """`begin` one computation, then `add` what is done of it; `seconds` are those since it began."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._done = self._images = 0
        self._began_at = self._sent_at = -math.inf
        self._waits = False

    def wait(self) -> None:
        """Waits a moment for another run that computes the same features."""
        if not self._waits:
            self._waits = True
            self._report.log("Waiting for another run, which computes the same features now")
        self._report.tell(Sign.ALIVE)
        time.sleep(WAIT_SECONDS)

    def begin(self, images: int) -> None:
        self._done, self._images = 0, images
        self._waits = False
        self._began_at, self._sent_at = time.monotonic(), -math.inf

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began_at

    def add(self, images: int) -> None:
        """Reports at most 5 times a second, and the end in any case."""
        self._done += images
        self._report.tell(Sign.ALIVE)
        if time.monotonic() - self._sent_at >= PROGRESS_SECONDS or self._done == self._images:
            self._sent_at = time.monotonic()
            self._report.features(self._done, self._images)

    def end(self, what: str, kept: int) -> None:
        """Logs what was computed; `kept` images were there already."""
        if self._images:
            self._report.log(f"Computed the features of {counted(self._images, what)} in {self.seconds:.1f} s")
        if kept:
            self._report.log(f"The features of {counted(kept, what)} are kept from an earlier computation")
