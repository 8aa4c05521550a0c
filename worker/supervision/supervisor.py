"""Supervises the trainers of one slot: claims runs, keeps their leases, and records how each trainer ended."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.db import errors
from backend.db.engine import Database
from backend.lifecycle import leases
from backend.lifecycle.leases import Fenced, Lease
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.runs.event_log import RunEvent
from backend.settings import Settings
from worker.supervision.devices import Device
from worker.supervision.out_of_memory import OomKills, out_of_memory
from worker.supervision.slot_health import SlotHealth
from worker.supervision.trainer_exit import Exit, TrainerExit
from worker.supervision.trainer_pool import TrainerPool
from worker.supervision.trainer_process import TrainerProcess
from worker.supervision.trainer_watch import SLOW_START, START_SECONDS, TrainerWatch

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
PREFORK_AFTER_SECONDS = 5.0  # the next trainer's imports use two cores for seconds: not before a run's first batches
RETRY_SECONDS = 1.0  # between two attempts to record how a trainer ended


@dataclass(frozen=True)
class Supervisor:
    """Trains runs on one device, one after the other."""

    settings: Settings
    database: Database
    redis_stream: RedisStream
    worker: str
    device: Device
    pool: TrainerPool
    stopping: threading.Event
    wakeups: Wakeups
    health: SlotHealth = field(default_factory=SlotHealth)

    def train_queued(self) -> None:
        """Trains runs until the queue is empty: one wake-up may stand for several runs."""
        while self._can_start() and (lease := self._claim()) is not None:
            self._train(lease)

    @property
    def error(self) -> str | None:
        """Why this slot can't start a trainer; None if it can."""
        return self.health.error or self.pool.failure()

    def _can_start(self) -> bool:
        """Waits until the slot can start a trainer; returns False if the worker stops first.

        After a failure no run is claimed until a trainer has started without one.
        """
        while not self.stopping.wait(self.health.pause_seconds()):
            if self.error is None:
                return True
            self._try_to_start()
        return False

    def _try_to_start(self) -> None:
        try:
            trainer = self.pool.restart()
        except OSError as error:
            self._failed_to_start(str(error))
            return
        deadline = time.monotonic() + START_SECONDS
        while not trainer.is_ready and trainer.is_running() and time.monotonic() < deadline:
            if self.stopping.wait(POLL_SECONDS):
                return
        if trainer.is_ready:
            self.health.recovered()
            return
        reason = SLOW_START if trainer.is_running() else trainer.why_ended()
        trainer.end()
        self._failed_to_start(reason)

    def _failed_to_start(self, error: str) -> None:
        self.health.failed(error)
        log.error(
            "%s can't start a trainer: %s; next attempt in %.0f s",
            self.device.name,
            error,
            self.health.pause_seconds(),
        )

    def _claim(self) -> Lease | None:
        with self.database.write() as session:
            claimed = leases.claim(session, self.worker, self.device.name, self.settings.lease_seconds)
        if claimed is None:
            return None
        lease, events = claimed
        self.redis_stream.publish(events)
        return lease

    def _train(self, lease: Lease) -> None:
        try:
            trainer = self.pool.start(lease)
        except OSError as error:
            self._give_back(lease, str(error))
            return
        oom_kills = OomKills()
        log.info("run %s is trained by process %d", lease.run_id, trainer.process.pid)
        try:
            trainer_exit = self._watch(trainer, lease, oom_kills)
        finally:
            trainer.end()
        self._record(lease, trainer_exit, trainer, oom_kills)
        if self.health.error is None and not self.stopping.is_set():
            self.pool.prefork()
        self.wakeups.export(lease.run_id, "bundle")  # the run may have ended, which requests a bundle

    def _watch(self, trainer: TrainerProcess, lease: Lease, oom_kills: OomKills) -> Exit:
        """Keeps the lease until the trainer ends or has to be stopped."""
        watch = TrainerWatch(self.settings, self.database, self.redis_stream, trainer, lease)
        while trainer.is_running():
            if self.stopping.is_set():
                return Exit(TrainerExit.WORKER_STOPPING)
            if (trainer_exit := watch.poll()) is not None:
                return trainer_exit
            if trainer.begun_at is not None and time.monotonic() - trainer.begun_at > PREFORK_AFTER_SECONDS:
                self.pool.prefork()
            oom_kills.poll()
            time.sleep(POLL_SECONDS)
        code, has_begun = trainer.process.wait(), trainer.has_begun()
        return Exit.of_process(code, has_begun=has_begun, database_error=trainer.database_error)

    def _record(self, lease: Lease, trainer_exit: Exit, trainer: TrainerProcess, oom_kills: OomKills) -> None:
        """Requeues or fails the run, unless the trainer has recorded its end or the lease is lost."""
        if trainer.begun_at is not None:
            self.health.begun()
        match trainer_exit.kind:
            case TrainerExit.LEASE_LOST:
                return
            case TrainerExit.NOT_STARTED:
                self._give_back(lease, trainer_exit.detail or trainer.why_ended())
            case TrainerExit.STALLED:
                self._write(lambda session: leases.release_stalled(session, lease, trainer_exit.sentence()))
            case TrainerExit.KILLED if oom_kills.is_recent():
                self._write(lambda session: leases.fail(session, lease, out_of_memory(), trainer.output()))
            case _:
                sentence, output, counts = trainer_exit.sentence(), trainer.output(), trainer_exit.counts
                self._write(lambda session: leases.release(session, lease, sentence, output, count_claim=counts))

    def _give_back(self, lease: Lease, error: str) -> None:
        """Requeues a run that no trainer has begun, and pauses the slot: the fault is not the run's."""
        self._failed_to_start(error)
        where = f"Slot {self.device.name} of worker {self.worker}"
        self._write(lambda session: leases.give_back(session, lease, f"{where} can't start a trainer ({error})"))
        self.wakeups.train(lease.run_id)  # another worker may be free

    def _write(self, write: Callable[[Session], list[RunEvent]]) -> None:
        """Commits how a trainer ended. Retries while the database does not answer, so that the reason is not lost."""
        while True:
            try:
                with self.database.write() as session:
                    events = write(session)
            except Fenced:
                return  # the trainer has recorded the end of the run itself, or the reaper has requeued the run
            except SQLAlchemyError as error:
                log.warning("could not record how a trainer ended (%s)", errors.reason(error))
                if not isinstance(error, errors.NO_ANSWER) or self.stopping.wait(RETRY_SECONDS):
                    return
            else:
                self.redis_stream.publish(events)
                return
