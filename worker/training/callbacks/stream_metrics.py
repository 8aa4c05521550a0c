# ruff: noqa: ARG002 - the hooks have the arguments that Keras gives
"""Reports each epoch once all its files are on disk, and the progress within it."""

import math
import time

from backend.runs.metrics.names import METRICS
from worker.trainer_lines import Sign
from worker.training.callbacks.context import Callback, EpochContext, Logs
from worker.training.fit_time import Part
from worker.training.report import Report, SavedEpoch

PROGRESS_SECONDS = 0.2  # progress is reported at most 5 times a second


class StreamMetrics(Callback):
    def __init__(self, report: Report, context: EpochContext) -> None:
        super().__init__()
        self._report = report
        self._context = context
        self._epoch = 0
        self._sent_at = -math.inf

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Logs the first `fit`; each epoch is one of its own."""
        if not self._epoch:
            self._report.log(f"Training started: {self.params['steps']:,} batches per epoch")

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        now, batches = time.monotonic(), self.params["steps"]
        if batch + 1 >= batches:
            self._report.tell(Sign.EVALUATES)
        if now - self._sent_at < PROGRESS_SECONDS:
            return
        self._sent_at = now
        if batch + 1 < batches:
            self._report.tell(Sign.STEP)
        metrics = {name: float(value) for name, value in logs.items()}
        self._report.progress(self._epoch, min(batch + 1, batches), batches, metrics)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        self._context.time.end(Part.SAVING)
        files = self._context.files
        stop_requested = self._report.save_epoch(
            SavedEpoch(
                epoch=epoch + 1,
                metrics={name: float(logs[name]) for name in METRICS},
                predictions=files["predictions"],
                state=files["state"],
                best=files.get("best"),
                probabilities=files.get("probabilities"),
                kept=files.get("kept"),
            )
        )
        self._report.tell(Sign.SAVED)
        for line in self._context.log_lines:
            self._report.log(line)
        self._context.time.end(Part.REPORTING)
        if stop_requested:
            self.model.stop_training = True
