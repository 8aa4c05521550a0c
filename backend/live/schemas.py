"""The payloads of server-sent events, one class for each kind; they appear in the OpenAPI document."""

from pydantic import BaseModel

from backend.artifacts.schemas import ArtifactRead
from backend.datasets.schemas import DatasetState
from backend.runs.schemas import Best, Metrics, RunRead, Status
from backend.workers import WorkerRead


class StatusEvent(RunRead):
    run: str


class EpochEvent(BaseModel):
    """`files` are those that this epoch added or changed."""

    run: str
    epoch: int
    metrics: Metrics
    best: Best | None
    seconds_per_epoch: float | None = None
    eta_seconds: float | None = None
    files: list[ArtifactRead] = []


class LogEvent(BaseModel):
    run: str
    level: str
    text: str


class FeaturesDone(BaseModel):
    done: int
    images: int


class ProgressEvent(BaseModel):
    """Within an epoch; or, before it, how many images have their `features` of a frozen backbone: then `epoch` is 0.

    `epoch` is 0, too, while training waits for the database or for space on the disk: `waits` says why, every few
    seconds.
    """

    run: str
    epoch: int
    batch: int
    batches: int
    metrics: Metrics
    features: FeaturesDone | None = None
    waits: str | None = None


class ResetEvent(BaseModel):
    run: str | None
    epoch: int | None


class EndEvent(BaseModel):
    run: str
    status: Status


class DeletedEvent(BaseModel):
    run: str


class WorkersEvent(BaseModel):
    """All workers, as `GET /api/workers` lists them, after one has come, gone or changed; else every ten seconds, for
    their heartbeats and memory. `run` is empty."""

    run: str
    items: list[WorkerRead]


class DatasetsEvent(BaseModel):
    """The datasets that are being prepared, and those that have changed since the event before. `run` is empty."""

    run: str
    items: list[DatasetState]


EventPayload = (
    StatusEvent
    | EpochEvent
    | LogEvent
    | ProgressEvent
    | ResetEvent
    | EndEvent
    | DeletedEvent
    | WorkersEvent
    | DatasetsEvent
)
