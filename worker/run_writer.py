"""The trainer's pen: every fact of a run in one transaction under its lease number, and only then on the wire.

The files that a fact points to are complete before; what was announced is never taken back.
"""

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from backend.datasets.preprocessing import of_dataset
from backend.datasets.store import Manifest
from backend.db.clock import database_time
from backend.db.engine import Database
from backend.db.models import Artifact, Epoch, Run, State
from backend.lifecycle.ending import end
from backend.lifecycle.leases import Fenced, Lease, fence
from backend.live.redis_stream import RedisStream
from backend.planning.initial_weights import INITIAL
from backend.runs.event_log import RunEvent, record, record_log, record_status
from backend.runs.schemas import RunError
from backend.spec import RunSpec
from worker.errors import DatasetUnavailable
from worker.run_files import RunFiles
from worker.training.report import Outcome, PixelStatistics, SavedEpoch, TestScore

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
SPARK_LENGTH = 40
ELSEWHERE = (
    "The epochs up to {epoch} were trained otherwise ({before}): from here on numbers agree with those of a run that "
    "nobody disturbed within tolerance, not bit for bit"
)


@dataclass(frozen=True)
class TrainingTask:
    """What a trainer is to do: the spec, the newest state whose files are whole with the best model of then, if any,
    and the weights to begin with where the spec asks for those of another run."""

    spec: RunSpec
    state: Path | None = None
    best: Path | None = None
    init: Path | None = None


class RunWriter:
    """Writes for one lease. Each write raises `Fenced` once the run is somebody else's."""

    def __init__(self, database: Database, wire: RedisStream, data_dir: Path, lease: Lease) -> None:
        self._database = database
        self._wire = wire
        self._data_dir = data_dir
        self._lease = lease
        self._pointers = RunFiles(data_dir, lease.run_id)

    @property
    def folder(self) -> Path:
        """The folder of this lease's files: a trainer that lost its lease writes where nobody looks."""
        return self._data_dir / "runs" / self._lease.run_id / f"e{self._lease.number}"

    def task(self) -> TrainingTask:
        """What to do. A torn state is told, and everything after the one before it is forgotten."""
        with self._database.read() as session:
            states = self._pointers.states(session)
        state = next((one for one in states if self._pointers.is_whole(one)), None)
        if state is not (states[0] if states else None):
            self._go_back(state)
        with self._database.write() as session:
            run = fence(session, self._lease)
            self._pointers.remove(self._pointers.strays(session))
            best, init = (session.get(Artifact, (run.id, name)) for name in ("best.keras", INITIAL))
            return TrainingTask(
                RunSpec.model_validate(run.spec),
                state=self.path(state.path) if state else None,
                best=self.path(best.path) if best else None,
                init=self.path(init.path) if init else None,
            )

    def _go_back(self, state: State | None) -> None:
        def write(session: Session, run: Run) -> list[RunEvent]:
            where = f"after epoch {state.epoch}" if state else "from the start"
            text = f"The state saved after epoch {run.epoch} is damaged or gone; the run goes on {where}"
            self._pointers.go_back(session, state)
            _forget_epochs(session, run, state)
            told = record_log(session, run, text, "warning")
            return [told, record(session, run, "reset", {"epoch": run.epoch}), record_status(session, run)]

        self._commit(write)

    def path(self, stored: str) -> Path:
        return self._data_dir / stored

    def built(self, parameters: int) -> None:
        """The model is built and training begins."""

        def write(session: Session, run: Run) -> list[RunEvent]:
            run.parameters, run.status = parameters, "stopping" if run.stop else "running"
            return [record_status(session, run)]

        self._commit(write)

    def reads(self, dataset: str, content_hash: str) -> None:
        """Note what the run is trained on.

        Raises:
            DatasetUnavailable: its first epochs were trained on something else of that name.
        """
        with self._database.write() as session:
            run = fence(session, self._lease)
            if run.dataset_hash not in (None, content_hash) and run.epoch:
                raise DatasetUnavailable(
                    f"Dataset {dataset!r} is another one than the first {run.epoch} epochs were trained on: "
                    f"its content hash is {content_hash}, and was {run.dataset_hash}."
                )
            run.dataset_hash = content_hash

    def began_on(self, machine: str) -> None:
        """Note with what it is trained; numbers of another machine agree only within tolerance."""

        def write(session: Session, run: Run) -> list[RunEvent]:
            before, run.machine = run.machine, machine
            told = [record_log(session, run, machine)]
            if run.epoch and before not in (None, machine):
                told.append(record_log(session, run, ELSEWHERE.format(epoch=run.epoch, before=before), "warning"))
            return told

        self._commit(write)

    def prepared(self, dataset: Manifest, statistics: PixelStatistics | None) -> None:
        """Keep what becomes of a picture, for whoever predicts, also when the dataset is gone."""

        def write(_session: Session, run: Run) -> list[RunEvent]:
            scaling = RunSpec.model_validate(run.spec).preprocessing.scaling
            kept = of_dataset(dataset, scaling, asdict(statistics) if statistics else None)
            run.preprocessing = kept.model_dump(mode="json")
            return []

        self._commit(write)

    def log(self, text: str, level: str = "info") -> None:
        """Add a line to the run's log, or to this process's output when that fails."""
        try:
            with self._database.write() as session:
                events = [record_log(session, fence(session, self._lease), text, level)]
        except (SQLAlchemyError, Fenced) as error:
            log.warning("could not log %r: %s", text, error)
        else:
            self._wire.publish(events)

    def progress(self, epoch: int, batch: int, batches: int, metrics: Mapping[str, float]) -> None:
        payload = {"epoch": epoch, "batch": batch, "batches": batches, "metrics": finite(metrics)}
        self._wire.progress(self._lease.run_id, payload)

    def saved(self, epoch: SavedEpoch) -> bool:
        """Announce an epoch whose files are complete; returns whether a person asked for the end."""
        outdated: set[str] = set()
        asked = False

        def write(session: Session, run: Run) -> list[RunEvent]:
            nonlocal asked
            asked = run.stop is not None
            if run.epoch >= epoch.epoch:
                return []  # the commit went through and its answer was lost; readers get the event from the database
            metrics = finite(epoch.metrics)
            before = self._pointers.files(session)
            _take_epoch(session, run, epoch, metrics)
            self._pointers.take_epoch(session, epoch, metrics)
            outdated.update(before - self._pointers.files(session))
            return [record(session, run, "epoch", {"epoch": epoch.epoch, "metrics": metrics, "best": run.best})]

        self._commit(write)
        self._pointers.remove(outdated)
        return asked

    def asked_to_end(self) -> bool:
        """Whether a person asked for the end; what was trained by now is all that there will be."""
        with self._database.write() as session:
            return fence(session, self._lease).stop is not None

    def ended(self, outcome: Outcome) -> None:
        """The training ended by itself, or after the epoch at which a person asked for the end."""
        outdated: set[str] = set()

        def write(session: Session, run: Run) -> list[RunEvent]:
            before = self._pointers.files(session)
            self._pointers.put(session, "final.keras", run.epoch, outcome.final)
            self._pointers.put(session, "last.keras", run.epoch, outcome.last)
            outdated.update(before - self._pointers.files(session))
            run.test = self._test(outcome.test) if outcome.test else None
            run.pixel_statistics = asdict(outcome.statistics) if outcome.statistics else None
            run.ended_by = outcome.ended_by
            return [end(session, run, "stopped" if outcome.ended_by == "finish" else "finished")]

        self._commit(write)
        self._pointers.remove(outdated)

    def failed(self, error: RunError, traceback: str) -> None:
        """The training ended by an error, which is told with its traceback in the log."""

        def write(session: Session, run: Run) -> list[RunEvent]:
            told = record_log(session, run, traceback, "error")
            run.error = error.model_dump()
            return [told, end(session, run, "failed")]

        self._commit(write)

    def _commit(self, write: Callable[[Session, Run], list[RunEvent]]) -> None:
        """One transaction under the lease, then the wire.

        While the database is away this waits: the epoch is on disk, and when it lasts the supervisor ends us.
        """
        while True:
            try:
                with self._database.write() as session:
                    events = write(session, fence(session, self._lease))
                break
            except OperationalError as error:
                log.warning("the database did not answer, trying again: %s", error)
                time.sleep(RETRY_SECONDS)
        self._wire.publish(events)

    def _test(self, score: TestScore) -> dict[str, Any]:
        return {
            "epoch": score.epoch,
            "metrics": finite(score.metrics),
            "predictions": self._pointers.stored(score.predictions),
            "predictions_sha256": score.predictions.sha256,
        }


def finite(metrics: Mapping[str, float]) -> dict[str, float | None]:
    """Metrics as JSON has them: NaN and infinity are null."""
    return {name: value if math.isfinite(value) else None for name, value in metrics.items()}


def _take_epoch(session: Session, run: Run, saved: SavedEpoch, metrics: dict[str, float | None]) -> None:
    monitor = RunSpec.model_validate(run.spec).callbacks.checkpoint.monitor
    run.epoch, run.metrics = saved.epoch, metrics
    run.epoch_at = database_time(session)
    run.claims = 0
    if saved.best is not None:
        _take_best(run, saved.epoch, monitor, metrics)
    run.spark = spark(session, run.id, saved.epoch, monitor, metrics[monitor])


def _take_best(run: Run, epoch: int, monitor: str, metrics: Mapping[str, float | None] | None) -> None:
    best = {"epoch": epoch, "monitor": monitor, "value": metrics[monitor], "metrics": metrics} if metrics else None
    run.best = best
    if run.test is not None and run.test["epoch"] != epoch:
        run.test = None  # it was that of another model
    for name in ("loss", "accuracy", "val_loss", "val_accuracy", "val_macro_f1"):
        setattr(run, f"best_{name}", metrics[name] if metrics else None)


def _forget_epochs(session: Session, run: Run, state: State | None) -> None:
    """Make the run what it was when `state` was saved, or before its first epoch."""
    monitor = RunSpec.model_validate(run.spec).callbacks.checkpoint.monitor
    newest = session.get(Epoch, (run.id, state.epoch)) if state else None
    best = session.get(Artifact, (run.id, "best.keras"))
    chosen = session.get(Epoch, (run.id, best.epoch)) if best else None
    run.epoch, run.metrics = (newest.epoch, newest.metrics) if newest else (0, None)
    _take_best(run, chosen.epoch if chosen else 0, monitor, chosen.metrics if chosen else None)
    run.spark = spark(session, run.id, run.epoch, monitor, newest.metrics[monitor]) if newest else []
    run.epoch_at = None


def spark(session: Session, run_id: str, epoch: int, monitor: str, newest: float | None) -> list[float | None]:
    """The monitor's values up to `epoch`, `newest`, at no more epochs than a sparkline can show."""
    shown = select(Epoch.metrics).where(Epoch.run_id == run_id, Epoch.epoch.in_(spread(epoch)[:-1]))
    return [*(metrics.get(monitor) for metrics in session.scalars(shown.order_by(Epoch.epoch))), newest]


def spread(last: int) -> list[int]:
    """At most `SPARK_LENGTH` epochs from 1 to `last`, evenly spread, both among them."""
    if last <= SPARK_LENGTH:
        return list(range(1, last + 1))
    step = (last - 1) / (SPARK_LENGTH - 1)
    return [1 + round(i * step) for i in range(SPARK_LENGTH)]
