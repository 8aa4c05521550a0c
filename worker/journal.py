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

from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from backend.db import Database, database_time
from backend.events import RunEvent, Wire, record, record_log, record_status
from backend.leases import Fenced, Lease, fence
from backend.models import Artifact, Epoch, Run, State
from backend.schemas import RunError
from backend.spec import RunSpec
from worker.errors import DatasetUnavailable
from worker.training.report import Outcome, SavedEpoch, SavedFile, TestScore

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
SPARK_LENGTH = 40
STATES_KEPT = 2


@dataclass(frozen=True)
class Task:
    """What a trainer is to do: the spec, and the state and the best model after the last announced epoch, if any."""

    spec: RunSpec
    state: State | None
    best: Artifact | None


class Journal:
    """Writes for one lease. Each write raises `Fenced` once the run is somebody else's."""

    def __init__(self, database: Database, wire: Wire, data_dir: Path, lease: Lease) -> None:
        self._database = database
        self._wire = wire
        self._data_dir = data_dir
        self._lease = lease
        self._replaced: list[str] = []

    @property
    def folder(self) -> Path:
        """The folder of this lease's files: a trainer that lost its lease writes where nobody looks."""
        return self._data_dir / "runs" / self._lease.run_id / f"e{self._lease.number}"

    def task(self) -> Task:
        with self._database.write() as session:
            run = fence(session, self._lease)
            newest = select(State).where(State.run_id == run.id).order_by(State.epoch.desc()).limit(1)
            best = session.get(Artifact, (run.id, "best.keras"))
            return Task(RunSpec.model_validate(run.spec), session.scalar(newest), best)

    def path(self, stored: str) -> Path:
        return self._data_dir / stored

    def built(self, parameters: int) -> None:
        """The model is built and training begins."""

        def write(session: Session, run: Run) -> list[RunEvent]:
            run.parameters, run.status = parameters, "running"
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

    def saved(self, epoch: SavedEpoch) -> None:
        """Announce an epoch whose files are complete."""
        outdated: list[str] = []
        replaced: list[str] = []

        def write(session: Session, run: Run) -> list[RunEvent]:
            if run.epoch >= epoch.epoch:
                return []  # the commit went through and its answer was lost; readers get the event from the database
            metrics = finite(epoch.metrics)
            _take_epoch(session, run, epoch, metrics)
            session.add(self._epoch_row(epoch, metrics))
            outdated[:] = self._keep_state(session, epoch)
            replaced[:] = self._keep_best(session, epoch)
            if epoch.kept is not None:
                self._put(session, f"epoch-{epoch.epoch}.keras", epoch.epoch, epoch.kept)
            return [record(session, run, "epoch", {"epoch": epoch.epoch, "metrics": metrics, "best": run.best})]

        self._commit(write)
        if replaced:
            # The best before this one may be on its way to somebody; the one before that is not.
            outdated, self._replaced = outdated + self._replaced, replaced
        for path in outdated:
            (self._data_dir / path).unlink(missing_ok=True)

    def finished(self, outcome: Outcome) -> None:
        """The training ended by itself."""

        def write(session: Session, run: Run) -> list[RunEvent]:
            self._put(session, "final.keras", run.epoch, outcome.final)
            self._put(session, "last.keras", run.epoch, outcome.last)
            run.test = self._test(outcome.test) if outcome.test else None
            run.pixel_statistics = asdict(outcome.statistics) if outcome.statistics else None
            run.status, run.ended_by = "finished", outcome.ended_by
            run.finished_at = database_time(session)
            return [record_status(session, run)]

        self._commit(write)

    def failed(self, error: RunError, traceback: str) -> None:
        """The training ended by an error, which is told with its traceback in the log."""

        def write(session: Session, run: Run) -> list[RunEvent]:
            told = record_log(session, run, traceback, "error")
            run.status, run.error = "failed", error.model_dump()
            run.finished_at = database_time(session)
            return [told, record_status(session, run)]

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

    def _epoch_row(self, epoch: SavedEpoch, metrics: dict[str, Any]) -> Epoch:
        return Epoch(
            run_id=self._lease.run_id,
            epoch=epoch.epoch,
            metrics=metrics,
            predictions=self._stored(epoch.predictions),
            predictions_sha256=epoch.predictions.sha256,
        )

    def _keep_state(self, session: Session, epoch: SavedEpoch) -> list[str]:
        """Point to the new state; returns the files that nobody needs any more."""
        session.add(
            State(
                run_id=self._lease.run_id,
                epoch=epoch.epoch,
                path=self._stored(epoch.state),
                sha256=epoch.state.sha256,
            )
        )
        outdated = (State.run_id == self._lease.run_id) & (State.epoch <= epoch.epoch - STATES_KEPT)
        return list(session.scalars(delete(State).where(outdated).returning(State.path)))

    def _test(self, score: TestScore) -> dict[str, Any]:
        return {
            "epoch": score.epoch,
            "metrics": finite(score.metrics),
            "predictions": self._stored(score.predictions),
            "predictions_sha256": score.predictions.sha256,
        }

    def _keep_best(self, session: Session, epoch: SavedEpoch) -> list[str]:
        if epoch.best is None or epoch.probabilities is None:
            return []
        replaced = [
            self._put(session, "best.keras", epoch.epoch, epoch.best),
            self._put(session, "probabilities", epoch.epoch, epoch.probabilities),
        ]
        return [path for path in replaced if path is not None]

    def _put(self, session: Session, name: str, epoch: int, file: SavedFile) -> str | None:
        """Point a name to a new file; returns the path it pointed to before."""
        before = session.get(Artifact, (self._lease.run_id, name))
        old = before.path if before else None
        row = {"epoch": epoch, "path": self._stored(file), "bytes": file.bytes, "sha256": file.sha256}
        session.merge(Artifact(run_id=self._lease.run_id, name=name, **row))
        return old if old != row["path"] else None

    def _stored(self, file: SavedFile) -> str:
        return file.path.relative_to(self._data_dir).as_posix()


def finite(metrics: Mapping[str, float]) -> dict[str, float | None]:
    """Metrics as JSON has them: NaN and infinity are null."""
    return {name: value if math.isfinite(value) else None for name, value in metrics.items()}


def _take_epoch(session: Session, run: Run, saved: SavedEpoch, metrics: dict[str, float | None]) -> None:
    monitor = RunSpec.model_validate(run.spec).callbacks.checkpoint.monitor
    run.epoch, run.metrics = saved.epoch, metrics
    run.epoch_at = database_time(session)
    run.claims = 0
    if saved.best is not None:
        best = {"epoch": saved.epoch, "monitor": monitor, "value": metrics[monitor], "metrics": metrics}
        run.best = best
        for name in ("loss", "accuracy", "val_loss", "val_accuracy", "val_macro_f1"):
            setattr(run, f"best_{name}", metrics[name])
    run.spark = spark(session, run.id, saved.epoch, monitor, metrics[monitor])


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
