"""Writes a run's state from its trainer: one database transaction per fact, fenced by the lease number, then an event.

Files are complete before the transaction that refers to them. The event goes to Redis after the commit.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.datasets.pictures.preprocessing import from_manifest
from backend.datasets.store import Manifest
from backend.db.engine import Database
from backend.db.errors import reason
from backend.db.models import Artifact, Run, State
from backend.lifecycle.ending import end
from backend.lifecycle.leases import Fenced, Lease, fence
from backend.live.redis_stream import RedisStream
from backend.planning.costs.precision import PrecisionChoice
from backend.planning.initial_weights import INITIAL
from backend.runs.event_log import RunEvent, record, record_log, record_status
from backend.runs.pace import eta_seconds, seconds_per_epoch
from backend.runs.schemas import RunError
from backend.runs.stored_predictions import ScoredImages
from backend.spec import RunSpec
from worker.errors import DatasetUnavailable
from worker.run_files import RunFiles
from worker.run_row import json_metrics, roll_back, set_epoch
from worker.trainer_lines import Sign
from worker.training.report import Outcome, PixelStatistics, Report, SavedEpoch, TestScore

log = logging.getLogger(__name__)

T = TypeVar("T")

SHORT_OUTAGE_SECONDS = 3.0  # a shorter one, such as a lock, is not worth a word
LONG_OUTAGE_SECONDS = 10.0  # is logged

OTHER_MACHINE = (
    "The epochs up to {epoch} were trained on a different setup ({before}): from here on the results agree with those "
    "of an uninterrupted run within tolerance, not bit for bit"
)


@dataclass(frozen=True)
class TrainingTask:
    """What a trainer is started for.

    `state` is the newest intact state to resume from, and `best` the best model at that time. `init` is the model that
    the initial weights come from, where the spec names another run.
    """

    spec: RunSpec
    state: Path | None = None
    best: Path | None = None
    init: Path | None = None


class RunWriter(Report):
    """Writes under one lease. Every write raises `Fenced` once the lease is no longer valid; `log` only warns.

    `tell` gives a sign to the supervisor.
    """

    def __init__(
        self,
        database: Database,
        redis_stream: RedisStream,
        data_dir: Path,
        lease: Lease,
        tell: Callable[[Sign], None] = lambda _sign: None,
    ) -> None:
        self._tell = tell
        self._database = database
        self._redis_stream = redis_stream
        self._data_dir = data_dir
        self._lease = lease
        self._files = RunFiles(data_dir, lease.run_id)

    @property
    def folder(self) -> Path:
        """The folder of this lease's files. No row refers to files that are written there after the lease was lost."""
        return self._data_dir / "runs" / self._lease.run_id / f"e{self._lease.number}"

    def load_task(self) -> TrainingTask:
        """Returns the task. A damaged state is logged, and the run is rolled back to the newest intact one."""
        states = self._transaction(lambda session, _run: self._files.states(session))
        state = next((state for state in states if self._files.is_intact(state)), None)
        if state is not (states[0] if states else None):
            self._roll_back(state)
        existing = self._files.existing()

        def read(session: Session, run: Run) -> tuple[TrainingTask, set[str]]:
            rows = (session.get(Artifact, (run.id, name)) for name in ("best.keras", INITIAL))
            best, init = (self.path(row.path) if row else None for row in rows)
            spec = RunSpec.model_validate(run.trained_spec)
            task = TrainingTask(spec, self.path(state.path) if state else None, best, init)
            return task, existing - self._files.referenced_with_predictions(session)

        task, unreferenced = self._transaction(read)
        self._files.delete(unreferenced)
        return task

    def _roll_back(self, state: State | None) -> None:
        def write(session: Session, run: Run) -> list[RunEvent]:
            start = f"after epoch {state.epoch}" if state else "from the beginning"
            text = f"The state saved after epoch {run.epoch} is damaged or missing; training resumes {start}"
            self._files.roll_back(session, state)
            roll_back(session, run, state)
            event = record_log(session, run, text, "warning")
            return [event, record(session, run, "reset", {"epoch": run.epoch}), record_status(session, run)]

        self._commit(write)

    def path(self, relative_path: str) -> Path:
        """Returns the path of a file whose row has its path below the data dir."""
        return self._data_dir / relative_path

    def tell(self, sign: Sign) -> None:
        self._tell(sign)

    def training_started(self, parameters: int) -> None:
        """Records that the model is built and training starts."""

        def write(session: Session, run: Run) -> list[RunEvent]:
            run.parameters, run.status = parameters, "stopping" if run.stop else "running"
            return [record_status(session, run)]

        self._commit(write)

    def record_dataset(self, dataset: str, content_hash: str, images: ScoredImages | None = None) -> None:
        """Records the content hash of the dataset that the run is trained on, and the images that it is scored on.

        Raises:
            DatasetUnavailable: The first epochs were trained on other images of that name.
        """

        def write(_session: Session, run: Run) -> None:
            if run.dataset_hash not in (None, content_hash) and run.epoch:
                raise DatasetUnavailable(
                    f"Dataset {dataset!r} has changed since the first {run.epoch} epochs were trained: "
                    f"its content hash is {content_hash}, and was {run.dataset_hash}."
                )
            run.dataset_hash = content_hash
            if images is not None:
                run.validation_images, run.test_images = images.validation, images.test

        self._transaction(write)

    def record_machine(self, machine: str) -> None:
        """Records processor, versions and threads; results of another setup agree only within tolerance."""

        def write(session: Session, run: Run) -> list[RunEvent]:
            before, run.machine = run.machine, machine
            events = [record_log(session, run, machine)]
            if run.epoch and before not in (None, machine):
                events.append(record_log(session, run, OTHER_MACHINE.format(epoch=run.epoch, before=before), "warning"))
            return events

        self._commit(write)

    def record_precision(self, choice: PrecisionChoice) -> None:
        """Stores what `precision: "auto"` was decided to be. It is decided once: a run that resumes keeps it."""

        def write(session: Session, run: Run) -> list[RunEvent]:
            run.precision, run.precision_reason = choice.precision, choice.reason
            return [record_log(session, run, f"Precision auto is {choice.reason}")]

        self._commit(write)

    def record_preprocessing(self, dataset: Manifest, statistics: PixelStatistics | None) -> None:
        """Stores the preprocessing with the run, so that predictions work after its dataset is deleted."""

        def write(_session: Session, run: Run) -> list[RunEvent]:
            scaling = RunSpec.model_validate(run.spec).preprocessing.scaling
            preprocessing = from_manifest(dataset, scaling, asdict(statistics) if statistics else None)
            run.preprocessing = preprocessing.model_dump(mode="json")
            return []

        self._commit(write)

    def log(self, text: str, level: str = "info") -> None:
        """Adds a line to the run's log, or to this process' output if that fails."""
        self.tell(Sign.ALIVE)
        try:
            with self._database.write() as session:
                events = [record_log(session, fence(session, self._lease), text, level)]
        except (SQLAlchemyError, Fenced) as error:
            log.warning("could not log %r: %s", text, reason(error) if isinstance(error, SQLAlchemyError) else error)
        else:
            self._redis_stream.publish(events)

    def progress(self, epoch: int, batch: int, batches: int, metrics: Mapping[str, float]) -> None:
        """Publishes progress within an epoch; it is not stored."""
        payload = {"epoch": epoch, "batch": batch, "batches": batches, "metrics": json_metrics(metrics)}
        self._redis_stream.progress(self._lease.run_id, payload)

    def features(self, done: int, images: int) -> None:
        """Publishes how far the features of a backbone are, as progress in no epoch."""
        payload = {"epoch": 0, "batch": 0, "batches": 0, "metrics": {}, "features": {"done": done, "images": images}}
        self._redis_stream.progress(self._lease.run_id, payload)

    def waits(self, reason: str) -> None:
        """Tells the supervisor and open pages why training waits. It is not stored: the database may be the reason."""
        self.tell(Sign.ALIVE)
        payload = {"epoch": 0, "batch": 0, "batches": 0, "metrics": {}, "waits": reason}
        self._redis_stream.progress(self._lease.run_id, payload)

    def save_epoch(self, epoch: SavedEpoch) -> bool:
        """Commits an epoch whose files are complete. Returns whether a stop has been requested."""
        outdated: set[str] = set()
        stop_requested = False

        def write(session: Session, run: Run) -> list[RunEvent]:
            nonlocal stop_requested
            stop_requested = run.stop is not None
            if run.epoch >= epoch.epoch:
                return []  # committed by an attempt whose answer was lost; the event is read from the database
            metrics = json_metrics(epoch.metrics)
            before = self._files.referenced(session)
            set_epoch(session, run, epoch, metrics)
            files = self._files.add_epoch(session, epoch, metrics)
            outdated.update(before - self._files.referenced(session))
            pace = {"seconds_per_epoch": seconds_per_epoch(run), "eta_seconds": eta_seconds(run, run.epoch_at or 0.0)}
            payload = {"epoch": epoch.epoch, "metrics": metrics, "best": run.best, **pace, "files": files}
            return [record(session, run, "epoch", payload)]

        self._commit(write)
        self._files.delete(outdated)
        return stop_requested

    def is_stop_requested(self) -> bool:
        """Returns whether a stop has been requested since the last epoch."""
        return self._transaction(lambda _session, run: run.stop is not None)

    def record_end(self, outcome: Outcome) -> None:
        """Records that training ended: after all epochs, by early stopping, or by a requested finish."""
        outdated: set[str] = set()

        def write(session: Session, run: Run) -> list[RunEvent]:
            before = self._files.referenced(session)
            self._files.add_artifact(session, "final.keras", run.epoch, outcome.final)
            self._files.add_artifact(session, "last.keras", run.epoch, outcome.last)
            outdated.update(before - self._files.referenced(session))
            run.test = self._test_row(outcome.test) if outcome.test else None
            run.pixel_statistics = asdict(outcome.statistics) if outcome.statistics else None
            run.ended_by = outcome.ended_by
            return [end(session, run, "stopped" if outcome.ended_by == "finish" else "finished")]

        self._commit(write)
        self._files.delete(outdated)

    def record_failure(self, error: RunError, traceback: str) -> None:
        """Records that training ended with an error, and logs the traceback."""

        def write(session: Session, run: Run) -> list[RunEvent]:
            event = record_log(session, run, traceback, "error")
            run.error = error.model_dump()
            return [event, end(session, run, "failed")]

        self._commit(write)

    def _commit(self, write: Callable[[Session, Run], list[RunEvent]]) -> None:
        """Commits one transaction under the lease, then publishes its events."""
        self._redis_stream.publish(self._transaction(write))

    def _transaction(self, work: Callable[[Session, Run], T]) -> T:
        """Returns the result of `work` in one transaction under the lease.

        Retries while the database does not answer: the files are on disk, and the supervisor stops this process when
        the lease is overdue. Open pages are told why it waits, and a long outage is logged in the run once it is over.
        """
        began, reasons = time.monotonic(), [""]

        def wait(error: SQLAlchemyError) -> None:
            reasons.append(reason(error))
            if time.monotonic() - began >= SHORT_OUTAGE_SECONDS:
                self.waits(f"The database takes no results ({reasons[-1]})")
            else:
                self.tell(Sign.ALIVE)

        result = self._database.persist(lambda session: work(session, fence(session, self._lease)), wait)
        seconds = time.monotonic() - began
        if reasons[-1] and seconds >= LONG_OUTAGE_SECONDS:
            self.log(f"The database took no results for {seconds:.0f} s ({reasons[-1]})", "warning")
        return result

    def _test_row(self, score: TestScore) -> dict[str, Any]:
        return {
            "epoch": score.epoch,
            "metrics": json_metrics(score.metrics),
            "predictions": self._files.relative_path(score.predictions),
            "predictions_sha256": score.predictions.sha256,
        }
