"""Supervision of one trainer: renew its lease, read its output, and say what became of it."""

import collections
import contextlib
import logging
import signal
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
from worker.supervision.trainer_pool import BEGINS, NO_DATABASE, TrainerPool

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
# The next trainer's imports take some seconds of two processors: not while a run is about to show its first batch.
WARM_AFTER_SECONDS = 5.0
LAST_LINES = 20


@dataclass(frozen=True)
class Supervisor:
    """Trains runs on one device, one after the other."""

    settings: Settings
    database: Database
    wire: RedisStream
    worker: str
    device: Device
    spare: TrainerPool
    leaving: threading.Event
    jobs: Wakeups

    def train_all(self) -> None:
        """Train the runs in line until none waits: the message that woke us may stand for several."""
        while not self.leaving.is_set() and (lease := self._claim()) is not None:
            self._train(lease)

    def _claim(self) -> Lease | None:
        with self.database.write() as session:
            claimed = leases.claim(session, self.worker, self.device.name, self.settings.lease_seconds)
        if claimed is None:
            return None
        lease, events = claimed
        self.wire.publish(events)
        return lease

    def _train(self, lease: Lease) -> None:
        try:
            trainer = self.spare.take(lease)
        except OSError as error:
            self._release(lease, f"its worker could not start a process ({error})", "")
            return
        lines, kills = _Tail(trainer), OomKills()
        log.info("run %s is trained by process %d", lease.run_id, trainer.pid)
        try:
            reason = self._watch(trainer, lease, lines, kills)
        finally:
            trainer.kill()
            trainer.wait()
            close(trainer.stdin)
        if not self.leaving.is_set():
            self.spare.warm()
        if reason == KILLED and kills.recent():
            self._settle(lambda session: leases.fail(session, lease, out_of_memory(), lines.last()))
        elif reason is not None:
            self._release(lease, reason, lines.last())
        self.jobs.export(lease.run_id, "bundle")  # a wake-up: the run may have ended, and wants it then

    def _watch(self, trainer: "subprocess.Popen[str]", lease: Lease, lines: "_Tail", kills: OomKills) -> str | None:
        """Hold the lease until the trainer ends. Returns how it ended, None when the run is not ours any more."""
        hold = LeaseKeeper(self.settings, self.database, lease)
        while (code := trainer.poll()) is None:
            if self.leaving.is_set():
                return LEAVING
            hold.tend()
            if hold.lost:
                return None
            if hold.runs_out:
                return "the database did not answer, so its worker ended it before the lease ran out"
            if lines.began is not None and time.monotonic() - lines.began > WARM_AFTER_SECONDS:
                self.spare.warm()
            kills.look()
            time.sleep(POLL_SECONDS)
        return _death(code)

    def _release(self, lease: Lease, reason: str, output: str) -> None:
        self._settle(lambda session: leases.release(session, lease, reason, output, blameless=reason == LEAVING))

    def _settle(self, write: Callable[[Session], list[RunEvent]]) -> None:
        try:
            with self.database.write() as session:
                events = write(session)
        except Fenced:
            return  # the trainer has told the run's end itself
        except SQLAlchemyError as error:
            log.warning("could not settle the run of a trainer that is gone (%s); the reaper will", error)
            return
        self.wire.publish(events)


LEAVING = "its worker was asked to end"
KILLED = "its process was ended by SIGKILL"


def _death(code: int) -> str:
    if code == NO_DATABASE:
        return "the database did not answer it"
    if code >= 0:
        return f"its process ended by itself with exit code {code}"
    return f"its process was ended by {signal.Signals(-code).name}"


def close(pipe: IO[str] | None) -> None:
    """Close our end; what a process that is gone did not read is lost with it."""
    with contextlib.suppress(BrokenPipeError):
        if pipe is not None:
            pipe.close()


class _Tail:
    """Reads a trainer's output to its end, so that it never blocks on a full pipe, and keeps the last lines.

    `began` is when the trainer had its imports behind it and took up its run.
    """

    def __init__(self, trainer: "subprocess.Popen[str]") -> None:
        self.began: float | None = None
        self._lines: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
        self._thread = threading.Thread(target=self._read, args=(trainer,), daemon=True)
        self._thread.start()

    def _read(self, trainer: "subprocess.Popen[str]") -> None:
        assert trainer.stdout is not None  # noqa: S101 - it is a pipe
        with trainer.stdout:
            for line in trainer.stdout:
                if line.startswith(BEGINS):
                    self.began = time.monotonic()
                    self._lines.clear()  # what its imports said is of no run's concern
                    continue
                self._lines.append(line.rstrip())
                log.debug("trainer %d: %s", trainer.pid, line.rstrip())

    def last(self) -> str:
        """The last lines of the trainer, which has ended; empty when it said nothing."""
        self._thread.join(timeout=1)
        return "\n".join(self._lines)
