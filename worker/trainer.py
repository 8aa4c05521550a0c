"""The process that trains one run: `python -m worker.trainer` warms up, reads its lease from stdin, trains, ends.

Exit codes: 0 when the run's end, of whatever kind, is in the database; 3 when the run is somebody else's by now;
4 when the database is away, which is no fault of the run: its supervisor returns it to the queue.
"""

import json
import logging
import os
import signal
import sys
import traceback
from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError

from backend.datasets.store import StoredDataset
from backend.db.engine import Database, open_database
from backend.db.models import Dataset
from backend.lifecycle.leases import Fenced, Lease
from backend.live.redis_stream import RedisStream
from backend.settings import Settings
from worker.datasets.preparing import prepare_here
from worker.failures import explain
from worker.lifeline import end_with_parent, end_with_stdin
from worker.run_writer import RunWriter, TrainingTask
from worker.supervision.trainer_pool import BEGINS, NO_DATABASE
from worker.training.report import Beginning, Initial, Resume

FENCED = 3


def main() -> int:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the worker decides about us
    logging.basicConfig(level=logging.WARNING)
    warm_up()
    order = sys.stdin.readline()
    if not order:
        return 0  # the worker ended before there was a run
    end_with_stdin()
    settings = Settings()
    database = open_database(settings)
    lease = Lease(**json.loads(order))
    print(BEGINS, lease.run_id, sep="", flush=True)
    return train_run(database, RunWriter(database, RedisStream(settings.wire_url), settings.data_dir, lease))


def warm_up() -> None:
    """Do what takes seconds and needs no run."""
    from worker.training.warm import warm

    warm()


def train_run(database: Database, journal: RunWriter) -> int:
    from worker.training.fit import train

    try:
        task = journal.task()
        dataset = stored_dataset(database, journal, task.spec.dataset.name)
        journal.reads(task.spec.dataset.name, dataset.manifest.content_hash)
        journal.folder.mkdir(parents=True, exist_ok=True)
        journal.ended(train(task.spec, dataset, journal.folder, journal, beginning(task)))
    except Fenced:
        return FENCED
    except SQLAlchemyError:
        logging.exception("the database did not answer")
        return NO_DATABASE
    except Exception as error:  # noqa: BLE001 - whatever it was, the run's page must say it
        return fail(journal, error)
    return 0


def beginning(task: TrainingTask) -> Beginning:
    """From a saved state, from another run's weights, or from nothing."""
    if task.state is not None:
        return Resume(task.state, task.best)
    return Initial(task.init) if task.init is not None else None


def stored_dataset(database: Database, journal: RunWriter, name: str) -> StoredDataset:
    """The dataset on disk, fetched first when it isn't there.

    Raises:
        DatasetUnavailable: it can't be fetched either.
    """
    row = _ready(database, name)
    if row is None:
        journal.log(f"Dataset {name} is not in the store yet; preparing it")
        row = prepare_here(database, journal.path(""), name, journal.log)
    return StoredDataset.open(journal.path(row.folder or ""))


def _ready(database: Database, name: str) -> Dataset | None:
    with database.read() as session:
        row = session.get(Dataset, name)
    return row if row is not None and row.status == "ready" else None


def fail(journal: RunWriter, error: Exception) -> int:
    try:
        journal.failed(explain(error), "".join(traceback.format_exception(error)))
    except Fenced:
        return FENCED
    return 0


def leave(code: int) -> NoReturn:
    """End at once: the interpreter takes up to a second to take TensorFlow apart, and the next run waits for that."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
