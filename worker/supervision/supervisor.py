"""Supervises the trainers of one slot: claims runs, keeps their leases, and records how each trainer ended."""

import contextlib
import logging
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.lifecycle import leases
from backend.lifecycle.leases import Fenced, Lease
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.runs.event_log import RunEvent
from backend.settings import Settings
from worker.supervision.devices import Device
from worker.supervision.lease_keeper import LeaseKeeper
from worker.supervision.out_of_memory import OomKills, out_of_memory
from worker.supervision.trainer_exit import Exit, TrainerExit
from worker.supervision.trainer_output import OutputTail
from worker.supervision.trainer_pool import TrainerPool

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
PREFORK_AFTER_SECONDS = 5.0  # the next trainer's imports use two cores for seconds: not before a run's first batches


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

    def train_queued(self) -> None:
        """Trains runs until the queue is empty: one wake-up may stand for several runs."""
        while not self.stopping.is_set() and (lease := self._claim()) is not None:
            self._train(lease)

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
            self._release(lease, f"The worker could not start a trainer process ({error})")
            return
        output, oom_kills = OutputTail(trainer), OomKills()
        log.info("run %s is trained by process %d", lease.run_id, trainer.pid)
        try:
            trainer_exit = self._watch(trainer, lease, output, oom_kills)
        finally:
            trainer.kill()
            trainer.wait()
            close(trainer.stdin)
        if not self.stopping.is_set():
            self.pool.prefork()
        self._record(lease, trainer_exit, output, oom_kills)
        self.wakeups.export(lease.run_id, "bundle")  # the run may have ended, which requests a bundle

    def _watch(self, trainer: "subprocess.Popen[str]", lease: Lease, output: OutputTail, oom_kills: OomKills) -> Exit:
        """Keeps the lease until the trainer ends or has to be stopped."""
        keeper = LeaseKeeper(self.settings, self.database, lease)
        while (code := trainer.poll()) is None:
            if self.stopping.is_set():
                return Exit(TrainerExit.WORKER_STOPPING)
            keeper.renew_or_check()
            if keeper.is_lost:
                return Exit(TrainerExit.LEASE_LOST)
            if keeper.is_overdue:
                return Exit(TrainerExit.LEASE_OVERDUE)
            if output.started_at is not None and time.monotonic() - output.started_at > PREFORK_AFTER_SECONDS:
                self.pool.prefork()
            oom_kills.poll()
            time.sleep(POLL_SECONDS)
        return Exit.of_process(code)

    def _record(self, lease: Lease, trainer_exit: Exit, output: OutputTail, oom_kills: OomKills) -> None:
        """Requeues or fails the run, unless the trainer has recorded its end or the lease is lost."""
        if trainer_exit.kind is TrainerExit.LEASE_LOST:
            return
        if trainer_exit.kind is TrainerExit.KILLED and oom_kills.is_recent():
            self._write(lambda session: leases.fail(session, lease, out_of_memory(), output.text()))
            return
        count_claim = trainer_exit.kind is not TrainerExit.WORKER_STOPPING
        self._release(lease, trainer_exit.sentence(), output.text(), count_claim=count_claim)

    def _release(self, lease: Lease, reason: str, output: str = "", *, count_claim: bool = True) -> None:
        self._write(lambda session: leases.release(session, lease, reason, output, count_claim=count_claim))

    def _write(self, write: Callable[[Session], list[RunEvent]]) -> None:
        try:
            with self.database.write() as session:
                events = write(session)
        except Fenced:
            return  # the trainer has recorded the end of the run itself
        except SQLAlchemyError as error:
            log.warning("could not record how a trainer ended (%s); the reaper will requeue the run", error)
            return
        self.redis_stream.publish(events)


def close(pipe: IO[str] | None) -> None:
    """Closes our end of a pipe; input that the ended process has not read is discarded."""
    with contextlib.suppress(BrokenPipeError):
        if pipe is not None:
            pipe.close()
