"""Watches one trainer for its supervisor: its lease, its start and its progress."""

import logging
import time

from sqlalchemy.exc import SQLAlchemyError

from backend.db import errors
from backend.db.engine import Database
from backend.lifecycle import leases
from backend.lifecycle.leases import Fenced, Lease
from backend.live.redis_stream import RedisStream
from backend.settings import Settings
from worker.supervision.lease_keeper import LeaseKeeper
from worker.supervision.stall_watch import StallWatch
from worker.supervision.trainer_exit import Exit, TrainerExit
from worker.supervision.trainer_process import TrainerProcess

log = logging.getLogger(__name__)

START_SECONDS = 300.0  # in which a trainer has to finish its imports; three seconds are usual
SLOW_START = f"its imports did not end within {START_SECONDS:g} s"


class TrainerWatch:
    """`poll` is called several times a second while the trainer runs."""

    def __init__(
        self, settings: Settings, database: Database, redis_stream: RedisStream, trainer: TrainerProcess, lease: Lease
    ) -> None:
        self._database = database
        self._redis_stream = redis_stream
        self._trainer = trainer
        self._lease = lease
        self._keeper = LeaseKeeper(settings, database, lease)
        self._started_at = time.monotonic()
        self._stall = StallWatch(settings.stall_seconds)
        self._is_reported = False

    def poll(self) -> Exit | None:
        """Renews the lease if it is due. Returns why the trainer has to be ended, or None."""
        if (trainer_exit := self._check_lease()) is not None:
            return trainer_exit
        return self._check_start() if self._trainer.begun_at is None else self._check_progress()

    def _check_lease(self) -> Exit | None:
        self._keeper.renew_or_check()
        if self._keeper.is_lost:
            return Exit(TrainerExit.LEASE_LOST)
        if self._keeper.is_overdue:
            return Exit(TrainerExit.LEASE_OVERDUE, detail=self._keeper.error)
        if self._keeper.is_late and self._trainer.is_stopped():  # it may hold the lock that keeps everybody waiting
            detail = f"{self._keeper.error}, and a signal has stopped the trainer"
            return Exit(TrainerExit.LEASE_OVERDUE, detail=detail)
        return None

    def _check_start(self) -> Exit | None:
        if time.monotonic() - self._started_at > START_SECONDS:
            return Exit(TrainerExit.NOT_STARTED, detail=SLOW_START)
        return None

    def _check_progress(self) -> Exit | None:
        stall = self._stall
        stall.poll(time.monotonic(), self._trainer.take_signs(), is_stopped=self._trainer.is_stopped())
        if stall.is_over:
            return Exit(TrainerExit.STALLED, detail=stall.sentence())
        if stall.is_stalled is not self._is_reported:
            self._report(stall)
        return None

    def _report(self, stall: StallWatch) -> None:
        """Records that the trainer stalls, or that it goes on; again at the next poll if that fails."""
        then = f"After {stall.limit_seconds:.0f} s the worker ends the trainer, and the run resumes."
        silent_seconds = stall.silent_seconds if stall.is_stalled else None
        try:
            with self._database.write() as session:
                events = leases.report_stall(session, self._lease, silent_seconds, f"{stall.sentence()}. {then}")
        except Fenced:
            return  # the lease keeper notices it, too
        except SQLAlchemyError as error:
            log.warning("could not record that a trainer stalls (%s)", errors.reason(error))
            return
        self._is_reported = stall.is_stalled
        self._redis_stream.publish(events)
