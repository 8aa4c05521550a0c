"""The Celery application: `celery -A worker.tasks worker`. A task carries a name or an id; the database says the rest.

A train worker (`-Q train -n train-0@host`) has a thread for each slot; a jobs worker (`-Q jobs,quick`) trains nothing.
"""

import logging
import sys
from typing import Any

from celery import signals

from backend.messaging.rpc import WAIT_SECONDS, connect, send_answer
from backend.messaging.wakeups import make_celery
from backend.settings import Settings
from worker.datasets.preparing import prepare_dataset, prepare_digits
from worker.exports import export_runner
from worker.helper.process import HelperProcess
from worker.helper.warming import Warming
from worker.train_worker import TrainWorker

logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
settings = Settings()
app = make_celery(settings)
_stations: list[TrainWorker] = []
_helper = HelperProcess(WAIT_SECONDS)
_answers = connect(settings)
_warming = Warming(settings, _helper)


@app.task(name="train")
def train(run_id: str) -> None:
    """Train whatever is first in line; `run_id` is only why we were woken."""
    logging.getLogger(__name__).info("woken for run %s", run_id)
    for station in _stations:
        station.train()


@app.task(name="prepare")
def prepare(dataset: str) -> None:
    """Bring a built-in dataset into the store."""
    prepare_dataset(settings, dataset)


@app.task(name="export")
def export(run_id: str, kind: str) -> None:
    """Make whatever is wanted of best models; the run and the kind are only why we were woken."""
    logging.getLogger(__name__).info("woken for %s of run %s", kind, run_id)
    export_runner.make_exports(settings)


@app.task(name="answer")
def answer(address: str, question: dict[str, Any]) -> None:
    """Answer a quick question; who asked waits at `address`."""
    send_answer(_answers, address, _helper.ask(question))


@signals.celeryd_init.connect
def _open(sender: str, conf: Any, **_kw: Any) -> None:
    """A train worker has as many threads as this machine has slots; an option -c would override that."""
    if sender.startswith("train"):
        _stations.append(TrainWorker(settings, sender))
        conf.worker_concurrency = len(_stations[0].slots)


@signals.worker_ready.connect
def _begin(**_kw: Any) -> None:
    for station in _stations:
        station.begin()
    if not _stations:
        _warming.begin()
        prepare_digits(settings)


@signals.heartbeat_sent.connect
def _alive(**_kw: Any) -> None:
    """Every two seconds, as long as Celery's loop runs and the broker took the heartbeat before."""
    if settings.alive_file and all(station.is_seen() for station in _stations):
        settings.alive_file.touch()


@signals.worker_shutting_down.connect
def _leave(**_kw: Any) -> None:
    _warming.leave()
    export_runner.leaving.set()
    for station in _stations:
        station.leave()


@signals.worker_shutdown.connect
def _close(**_kw: Any) -> None:
    for station in _stations:
        station.close()
    _helper.end()
