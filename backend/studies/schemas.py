"""JSON models of studies."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from backend.planning.schemas import Notice
from backend.requests import RequestBody
from backend.runs.schemas import Priority

StudyStatus = Literal["running", "finished", "stopped"]
StopMode = Literal["wait", "finish", "kill"]
MAX_EXTENSION = 100_000


class StudyStop(RequestBody):
    """What becomes of runs in training: `wait` trains them to their end, `finish` ends them after the current epoch,
    `kill` at once. Queued runs are ended in each case.
    """

    mode: StopMode = "wait"


class StudyExtension(RequestBody):
    """How many runs are added."""

    runs: Annotated[int, Field(ge=1, le=MAX_EXTENSION)]


class RunCounts(BaseModel):
    """`total` is how many runs the study is to have; `to_come` of them are not queued yet.

    `failed` includes runs that ended without a finite objective; `stopped` are those that a person ended.
    """

    total: int
    finished: int
    failed: int
    pruned: int
    stopped: int
    running: int
    queued: int
    to_come: int


class BestTrial(BaseModel):
    run: str
    name: str
    trial: int
    value: float
    epoch: int
    values: dict[str, Any]


class PointSummary(BaseModel):
    """Finished trials of equal values, seeds aside. `deviation` is the sample's; null for one trial."""

    values: dict[str, Any]
    mean: float
    deviation: float | None
    n: int


class StudyRead(BaseModel):
    """`limit` is how many runs a study may have here. `importance` is null until enough trials have finished."""

    id: str
    name: str
    kind: str
    status: StudyStatus
    objective: str
    recipe: str | None
    notes: str
    priority: Priority
    created_at: datetime
    finished_at: datetime | None
    limit: int
    runs: RunCounts
    best: BestTrial | None
    summary: list[PointSummary]
    importance: dict[str, float] | None


class LadderRung(BaseModel):
    """A rung. `gain` is over the rung below, by seeds that both have; `seconds` is the mean time of a run."""

    rung: int
    title: str
    description: str
    changes: dict[str, Any]
    mean: float | None
    deviation: float | None
    n: int
    gain: float | None
    gain_interval: list[float] | None
    p_value: float | None
    seconds: float | None


class CurvePoint(BaseModel):
    images: int
    mean: float | None
    deviation: float | None
    n: int


class Fit(BaseModel):
    """objective = a + b · images ** c."""

    a: float
    b: float
    c: float


class Twice(BaseModel):
    """What twice the images of the largest point would bring, with the 95 % interval of the fitted curve."""

    images: int
    value: float
    low: float | None
    high: float | None


class LearningCurveRead(BaseModel):
    points: list[CurvePoint]
    fit: Fit | None
    twice: Twice | None


class PairedRead(BaseModel):
    """This study beside another one on the `n` seeds that both have: `difference` is this one minus the other.

    `interval` is the 95 % interval of the difference.
    """

    study: str
    name: str
    n: int
    difference: float
    deviation: float | None
    interval: list[float] | None
    p_value: float
    test: Literal["paired-t", "sign"]


class StudyDetail(StudyRead):
    """A study with its base spec and what was requested. `extension_step`: it is extended by a multiple of it."""

    spec: dict[str, Any]
    request: dict[str, Any]
    space: dict[str, Any] | None
    seeds: list[int] | None
    extension_step: int
    eta_seconds: float | None
    ladder: list[LadderRung] | None = None
    learning_curve: LearningCurveRead | None = None
    paired: list[PairedRead] | None = None


class StudyCheck(BaseModel):
    """`seconds_range` is how long the runs take on the slots of all workers: least and most; null: not known."""

    ok: bool
    errors: list[Notice]
    warnings: list[Notice]
    runs: int | None
    seconds_range: list[float] | None
    slots: int
    limit: int
