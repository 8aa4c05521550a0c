"""JSON models of runs, and the conversion of a row to the contract's Run."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from backend.db.clock import to_datetime
from backend.db.models import PRIORITIES, Run
from backend.requests import Line, Lines, Name, RequestBody
from backend.runs.pace import eta_seconds, is_silent, seconds_per_epoch
from backend.spec import Precision, RunSpec
from backend.spec.backbones.phases import PART_TITLES, head_epochs

Status = Literal["queued", "preparing", "running", "stopping", "finished", "stopped", "failed"]
EndedBy = Literal["epochs", "early_stopping", "finish", "kill", "pruned"]
Priority = Literal["low", "normal", "high"]
PRIORITY_NAMES: dict[int, Priority] = {PRIORITIES[name]: name for name in get_args(Priority)}
Metrics = dict[str, float | None]
MAX_SEQ = 2**31 - 1  # the largest event number that the column holds
TIME_FIELDS = ("created_at", "started_at", "finished_at", "epoch_at", "heartbeat_at", "stalled_since")

RunName = Annotated[Line, Field(min_length=1, max_length=120)]
MAX_TAGS = 20  # of a run
Tag = Annotated[Line, Field(max_length=64)]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]
Notes = Annotated[Lines, Field(max_length=10_000)]


class RunCreate(RequestBody):
    """The request for a run, with a recipe's name or a whole spec."""

    spec: RunSpec | None = None
    recipe: Name | None = None
    name: RunName | None = None
    tags: Tags = Field([])
    notes: Notes = ""
    priority: Priority = "normal"
    cloned_from: Name | None = Field(None, description="id of the run that this one is copied from")
    bet: float | None = Field(None, ge=0, le=1, description="the best `val_accuracy` that you expect")


class RunChange(RequestBody):
    """The fields to change; one that is left out stays as it is, so that no default is ever used."""

    name: RunName = Field(default_factory=str)
    tags: Tags = Field(default_factory=list)
    notes: Notes = Field(default_factory=str)
    priority: Priority = Field(default_factory=lambda: "normal")


class Best(BaseModel):
    epoch: int
    monitor: str
    value: float
    metrics: Metrics


class RunError(BaseModel):
    title: str
    detail: str
    hint: str


class TestScore(BaseModel):
    """Metrics of the best model, that of `epoch`, on the test split."""

    epoch: int
    metrics: Metrics


class RunSummary(BaseModel):
    """A run without its spec and notes, which may be large. It is as after the event of number `last_seq`."""

    id: str
    name: str
    status: Status
    ended_by: EndedBy | None
    stop: Literal["finish", "kill"] | None
    dataset: str
    model: str
    recipe: str | None
    study: str | None
    trial: int | None
    study_values: dict[str, Any] | None
    pruned_epoch: int | None
    owner: str | None
    cloned_from: str | None
    tags: list[str]
    priority: Priority
    bet: float | None
    parameters: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    worker: str | None
    slot: str | None
    attempt: int
    epoch: int
    epoch_at: datetime | None
    epochs: int
    best: Best | None
    metrics: Metrics | None
    test: TestScore | None
    validation_images: int | None
    test_images: int | None
    spark: list[float | None]
    error: RunError | None
    lost_contact: bool
    silent: bool = Field(description="its worker has not renewed the lease for half of its duration")
    heartbeat_at: datetime | None
    stalled_since: datetime | None
    seconds_per_epoch: float | None
    eta_seconds: float | None
    queue_position: int | None
    last_seq: int


STORED = tuple(name for name in RunSummary.model_fields if hasattr(Run, name))


class PhaseRead(BaseModel):
    """Epochs from `first_epoch` on, in which a run on a backbone trains the part that `title` names."""

    first_epoch: int
    title: str


class RunRead(RunSummary):
    """`phases` is empty for runs that train one part of their network from the first epoch to the last.

    `precision` is what the spec's `auto` was decided to be, with the reason; null before, and where the spec names one.
    """

    spec: dict[str, Any]
    notes: str
    phases: list[PhaseRead] = []
    precision: Precision | None
    precision_reason: str | None


class MetricsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    names: str | None = Field(None, max_length=200, description="metrics, separated by commas; all if left out")
    max_points: int | None = Field(
        None, ge=2, le=100_000, description="picks at most so many epochs for all series, extremes kept"
    )


class LogQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    after: int = Field(0, ge=0, le=MAX_SEQ, description="`seq` of the last line that you have")
    limit: int = Field(200, ge=1, le=1000, description="lines of a page")


class LogLine(BaseModel):
    seq: int
    time: datetime
    level: str
    text: str


class Series(BaseModel):
    epochs: list[int]
    series: dict[str, list[float | None]]
    elapsed: list[float] = Field(description="seconds of training from the start to the end of each of `epochs`")


def priority_name(number: int) -> Priority:
    """Returns the priority that a row holds as a number."""
    return PRIORITY_NAMES[number]


def run_read(run: Run, now: float, queue_position: int | None = None) -> RunRead:
    """Converts a row. `now` is the database's time in seconds, for `eta_seconds`, `lost_contact` and `silent`."""
    return RunRead.model_validate(run_values(run, now, queue_position))


def run_values(run: Run, now: float, queue_position: int | None) -> dict[str, Any]:
    """Returns the fields of a RunRead. They come from the database, so a list of many runs does not validate them."""
    own = {name: getattr(run, name) for name in ("spec", "notes", "precision", "precision_reason")}
    return {**_summary(run, now, queue_position), **own, "phases": _phases(run)}


def _phases(run: Run) -> list[PhaseRead]:
    """Reads the stored spec as it is: to validate that of each run of a list would take longer than all else."""
    options = run.spec["model"].get("options") or {}
    if "backbone" not in run.spec["model"] or options.get("train", "head") == "head":
        return []
    head = head_epochs(options["train"], run.epochs, options.get("head_epochs"))
    then = PhaseRead(first_epoch=head + 1, title=PART_TITLES[options["train"]])
    return [PhaseRead(first_epoch=1, title=PART_TITLES["head"]), then] if head else []


def _summary(run: Run, now: float, queue_position: int | None) -> dict[str, Any]:
    return {
        **{name: getattr(run, name) for name in STORED},
        "priority": priority_name(run.priority),
        **{name: to_datetime(at) for name in TIME_FIELDS if (at := getattr(run, name)) is not None},
        "lost_contact": has_lost_contact(run, now),
        "silent": is_silent(run, now),
        "seconds_per_epoch": seconds_per_epoch(run),
        "eta_seconds": eta_seconds(run, now),
        "queue_position": queue_position if run.status == "queued" else None,
    }


def has_lost_contact(run: Run, now: float) -> bool:
    return run.status in ("preparing", "running") and (run.lease_expires_at or 0) < now
