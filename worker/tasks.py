"""The Celery application, which `worker.celery` starts. A task carries a name or an id; the database has the rest.

A process that reads the queue `train` trains, and one that reads `jobs` does the jobs; a process may read both.
"""

import logging
import os
import sys
from typing import Any

from celery import signals

from backend.files import PRIVATE_UMASK
from backend.messaging.celery_app import make_celery
from backend.messaging.rpc import WAIT_SECONDS, connect, send_reply
from backend.settings import Settings
from worker.datasets.preparing import prepare_dataset
from worker.helper.process import HelperProcess
from worker.jobs_worker import JobsWorker
from worker.train_worker import TrainWorker

logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
log = logging.getLogger(__name__)
# At most two prepare datasets, one makes an export, and one computes an evaluation or compares images, so that a
# request to the helper finds a free thread. They only wait for child processes.
JOB_THREADS = 4
os.umask(PRIVATE_UMASK)
settings = Settings()
app = make_celery(settings)
_train_workers: list[TrainWorker] = []  # one where the queue `train` is read
_jobs_workers: list[JobsWorker] = []  # one where the queue `jobs` is read
_helper = HelperProcess(WAIT_SECONDS)
_replies = connect(settings)


@app.task(name="train")
def train(run_id: str) -> None:
    """Trains queued runs, the first in the queue first; `run_id` only says why the message was sent."""
    log.info("wake-up for run %s", run_id)
    for train_worker in _train_workers:
        train_worker.train()


@app.task(name="prepare")
def prepare(dataset: str) -> None:
    """Prepares a dataset: fetches a built-in one, reads an uploaded one."""
    prepare_dataset(settings, dataset)


@app.task(name="check_images")
def check_images(dataset: str) -> None:
    """Compares the images of a dataset with each other; does nothing if that was done."""
    from worker.datasets import image_checks  # with NumPy

    image_checks.check_images(settings, dataset)


@app.task(name="export")
def export(run_id: str, kind: str) -> None:
    """Makes all requested exports; `run_id` and `kind` only say why the message was sent."""
    log.info("wake-up for %s of run %s", kind, run_id)
    for jobs_worker in _jobs_workers:
        jobs_worker.make_exports()


@app.task(name="evaluate")
def evaluate(run_id: str, kind: str) -> None:
    """Computes all requested evaluations; `run_id` and `kind` only say why the message was sent."""
    log.info("wake-up for evaluation %s of run %s", kind, run_id)
    for jobs_worker in _jobs_workers:
        jobs_worker.compute_evaluations()


@app.task(name="answer")
def answer(reply_key: str, request: dict[str, Any]) -> None:
    """Calls the helper and stores its reply under the Redis key where the caller waits."""
    send_reply(_replies, reply_key, _helper.call(request))


@signals.celeryd_init.connect
def _create_workers(sender: str, conf: Any, options: dict[str, Any], **_kw: Any) -> None:
    """Gives Celery a thread for each slot, and those of the jobs; its option -c would override that."""
    threads = 0
    if "train" in options["queues"]:
        _train_workers.append(TrainWorker(settings, sender))
        threads += len(_train_workers[0].supervisors)
    if "jobs" in options["queues"]:
        _jobs_workers.append(JobsWorker(settings, _helper))
        threads += JOB_THREADS
    conf.worker_concurrency = threads


@signals.celeryd_after_setup.connect
def _start(**_kw: Any) -> None:
    """Called before Celery connects to the broker: a worker finds its work in the database even without messages."""
    for worker in _workers():
        worker.start()


def _workers() -> list[TrainWorker | JobsWorker]:
    return [*_train_workers, *_jobs_workers]


@signals.heartbeat_sent.connect
def _touch_alive_file(**_kw: Any) -> None:
    """Called every two seconds while Celery's loop runs and the broker accepted the last heartbeat."""
    if settings.alive_file and all(train_worker.is_alive() for train_worker in _train_workers):
        settings.alive_file.touch()


@signals.worker_shutting_down.connect
def _stop(**_kw: Any) -> None:
    for worker in _workers():
        worker.stop_accepting()


@signals.worker_shutdown.connect
def _close(**_kw: Any) -> None:
    for train_worker in _train_workers:
        train_worker.close()
    _helper.close()
