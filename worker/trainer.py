"""The trainer, a process for one run: `python -m worker.trainer` imports Keras, reads its lease from stdin and trains.

Exit codes: 0 when the end of the run is in the database; 3 when the lease is no longer valid; 4 when the database did
not answer, after which the supervisor requeues the run.
"""

import json
import logging
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from backend.datasets.store import StoredDataset
from backend.db.engine import Database, open_database
from backend.db.errors import NO_ANSWER, reason
from backend.db.models import Dataset
from backend.lifecycle.leases import Fenced, Lease
from backend.live.redis_stream import RedisStream
from backend.planning.costs.precision import AUTO
from backend.runs.stored_predictions import scored_images
from backend.settings import Settings
from backend.spec import RunSpec
from worker.datasets.preparing import prepare_here
from worker.failures import explain
from worker.process.lifeline import end_with_parent, end_with_stdin
from worker.run_writer import RunWriter, TrainingTask
from worker.supervision.devices import NO_GPU
from worker.trainer_lines import EXIT_NO_DATABASE, Sign, tell
from worker.training.report import InitialWeights, Resume, StartFrom

EXIT_FENCED = 3


def main() -> int:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the worker too, which stops its trainers
    logging.basicConfig(level=logging.WARNING)
    warm_up()
    settings = Settings()
    database = open_database(settings)
    tell(Sign.READY)
    message = sys.stdin.readline()
    if not message:
        return 0  # the worker ended before it had a run
    end_with_stdin()
    lease = Lease(**json.loads(message))
    tell(Sign.BEGINS)
    writer = RunWriter(database, RedisStream(settings.broker_url), settings.data_dir, lease, tell)
    return train_run(database, writer)


def warm_up() -> None:
    """Imports Keras and TensorFlow, which takes seconds and needs no run, and checks that they find the slot's GPU."""
    from worker.training.preload import preload

    preload(gpu=os.environ.get("CUDA_VISIBLE_DEVICES", NO_GPU) != NO_GPU)


def train_run(database: Database, writer: RunWriter) -> int:
    """Trains the run of the writer's lease. Returns the exit code of the process."""
    try:
        task = writer.load_task()
        train_task(task, recorded_dataset(database, writer, task.spec), writer)
    except Fenced:
        return EXIT_FENCED
    except NO_ANSWER as error:
        logging.error("the database did not answer (%s)", reason(error))
        tell(Sign.NO_DATABASE, reason(error))
        return EXIT_NO_DATABASE
    except Exception as error:  # noqa: BLE001 - any error is shown on the run's page
        return record_failure(writer, error)
    return 0


def train_task(task: TrainingTask, dataset: StoredDataset, writer: RunWriter) -> None:
    """Trains in the folder of the writer's lease, and records the end of the run."""
    from worker.training.files import Folder
    from worker.training.fit import train

    Folder(writer.folder, writer.log, writer.waits).create()
    spec = with_precision(task.spec, dataset, writer)
    with temporary_folder():
        outcome = train(spec, dataset, writer.folder, writer, beginning(task), Settings().max_feature_bytes)
    writer.record_end(outcome)


def with_precision(spec: RunSpec, dataset: StoredDataset, writer: RunWriter) -> RunSpec:
    """Returns the spec with a precision in place of `auto`, which is decided once in the life of a run."""
    if spec.precision != AUTO:
        return spec
    from worker.training.precision import choose_precision

    choice = choose_precision(spec, dataset.manifest, writer.path("speeds"), lambda: writer.tell(Sign.ALIVE))
    writer.record_precision(choice)
    return spec.model_copy(update={"precision": choice.precision})


@contextmanager
def temporary_folder() -> Iterator[None]:
    """Keeps temporary files of libraries in a folder of their own, and deletes it at the end.

    AutoGraph writes one for each function that it converts, and deletes them in a finalizer, which `exit_now` skips.
    """
    with tempfile.TemporaryDirectory(prefix="epochboard-trainer-") as temporary:
        before, tempfile.tempdir = tempfile.tempdir, temporary
        try:
            yield
        finally:
            tempfile.tempdir = before


def beginning(task: TrainingTask) -> StartFrom:
    """Returns the saved state or the initial weights that training begins with, or None."""
    if task.state is not None:
        return Resume(task.state, task.best, task.init)
    return InitialWeights(task.init) if task.init is not None else None


def recorded_dataset(database: Database, writer: RunWriter, spec: RunSpec) -> StoredDataset:
    """Returns the dataset of a spec, and records its content and the images that the run is scored on."""
    dataset = stored_dataset(database, writer, spec.dataset.name)
    writer.record_dataset(spec.dataset.name, dataset.manifest.content_hash, scored_images(spec, dataset))
    return dataset


def stored_dataset(database: Database, writer: RunWriter, name: str) -> StoredDataset:
    """Returns the dataset, which is fetched first if it is a built-in one that is not on disk.

    Raises:
        DatasetUnavailable: It could not be fetched.
    """
    row = _ready_dataset(database, name)
    if row is None:
        writer.log(f"Dataset {name} is not prepared yet; preparing it now")
        row = prepare_here(database, writer.path(""), name, writer.log)
    return StoredDataset.open(writer.path(row.folder or ""))


def _ready_dataset(database: Database, name: str) -> Dataset | None:
    with database.read() as session:
        row = session.get(Dataset, name)
    return row if row is not None and row.status == "ready" else None


def record_failure(writer: RunWriter, error: Exception) -> int:
    try:
        writer.record_failure(explain(error), "".join(traceback.format_exception(error)))
    except Fenced:
        return EXIT_FENCED
    return 0


def exit_now(code: int) -> NoReturn:
    """Exits without finalizers: tearing down TensorFlow takes up to a second, for which the next run would wait."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    exit_now(main())
