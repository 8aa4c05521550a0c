"""A stored run whose events are committed and published as a trainer does it, without a training."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from backend.db.engine import Database, open_database
from backend.db.models import Run
from backend.live.redis_stream import RedisStream
from backend.runs.event_log import RunEvent, record, record_status
from backend.settings import Settings
from benchmarks.measuring.board import Board
from tests.support.runs.stored_runs import METRICS, write_runs

FAR_AWAY = 4e9  # seconds since 1970: the run is not requeued
RUNNING = {"status": "running", "ended_by": None, "finished_at": None, "epoch": 0, "best": None, "epochs": 10_000}


class AnnouncedRun:
    """`commit_times` maps the number of each event to the seconds since 1970 before its transaction."""

    def __init__(self, database: Database, redis_stream: RedisStream, run_id: str) -> None:
        self.id = run_id
        self.commit_times: dict[int, float] = {}
        self._database = database
        self._redis_stream = redis_stream

    def set_status(self, status: str) -> None:
        with self._database.write() as session:
            run = session.get_one(Run, self.id)
            run.status = status
            events = [record_status(session, run)]
        self._redis_stream.publish(events)

    def add_epochs(self, count: int, per_second: float) -> None:
        """Adds `count` epochs at this rate, or as fast as the database commits."""
        start = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, start + number / per_second - time.monotonic()))
            self._add_epoch()

    def _add_epoch(self) -> None:
        committed_at = time.time()
        with self._database.write() as session:
            run = session.get_one(Run, self.id)
            run.epoch += 1
            event = record(session, run, "epoch", epoch_payload(run.epoch))
        self._redis_stream.publish([event])
        self.commit_times[number_of(event)] = committed_at


@contextmanager
def announced_run(board: Board, run_id: str, **columns: object) -> Iterator[AnnouncedRun]:
    """Yields a run in training, which has one event, and ends it after the block."""
    settings = Settings(data_dir=board.data_dir)
    database = open_database(settings)
    try:
        write_runs(database, {**RUNNING, "id": run_id, "lease_expires_at": FAR_AWAY, **columns})
        run = AnnouncedRun(database, RedisStream(settings.broker_url), run_id)
        run.set_status("running")
        yield run
        run.set_status("finished")
    finally:
        database.engine.dispose()


def epoch_payload(epoch: int) -> dict[str, object]:
    metrics = {**METRICS, "learning_rate": 0.001, "penalty": 0.0, "seconds": 0.1}
    best = {"epoch": epoch, "monitor": "val_loss", "value": METRICS["val_loss"], "metrics": metrics}
    return {"epoch": epoch, "metrics": metrics, "best": best, "seconds_per_epoch": 0.1, "eta_seconds": 60.0}


def number_of(event: RunEvent) -> int:
    assert event.seq is not None
    return event.seq
