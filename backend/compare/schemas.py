"""Queries and JSON responses of comparisons."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.analysis.choices import Order
from backend.analysis.statistics.intervals import Interval
from backend.compare.decisions import DecisionRead
from backend.requests import StorableText
from backend.runs.analysis_schemas import MAX_CLASS_NAME, SamplePage
from backend.runs.schemas import Best, RunSummary, Status
from backend.runs.stored_predictions import Split
from backend.runs.table.filters import RunFilter

MAX_IDS = 1_000 * 20  # characters of the ids of 1,000 runs, with commas
RunIds = Annotated[
    StorableText,
    Field(
        min_length=1,
        max_length=MAX_IDS,
        description="ids of the runs, separated by commas",
        json_schema_extra={"pattern": "^[0-9a-f,]+$"},
    ),
]
EpochName = Literal["best", "last"]
ChangeKind = Literal["fixed", "broken", "both_wrong", "both_right"]
ONE_PREDICTED = "only where one of the runs predicted this class"
XAxis = Literal["epoch", "seconds", "images"]


class CompareQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    runs: RunIds
    epoch: EpochName = Field("best", description="the epoch that each run is judged at")
    split: Split = Field(
        "validation", description="images that the epoch was validated on, or the test images of the best epoch"
    )


class ComparisonQuery(CompareQuery):
    """`samples`, `true` and `predicted` add lists to `pair` as `GET /api/compare/samples` returns them."""

    samples: list[ChangeKind] = Field(
        [], max_length=4, description="adds the most confident images of these kinds, as data URLs where they are small"
    )
    limit: int = Field(12, ge=1, le=50, description="images of each kind")
    true: str | None = Field(None, max_length=MAX_CLASS_NAME, description="only images of this true class")
    predicted: str | None = Field(None, max_length=MAX_CLASS_NAME, description=ONE_PREDICTED)


class ComparedSamplesQuery(SamplePage, CompareQuery):
    kind: ChangeKind = Field(
        "fixed", description="fixed: the first run is wrong, the second right; broken: the other way round"
    )
    predicted: str | None = Field(None, max_length=MAX_CLASS_NAME, description=ONE_PREDICTED)
    order: Order = Field("confidence", description="by the second run's confidence, descending, or by `seed`")


class RunPrediction(BaseModel):
    predicted: str
    confidence: float | None


class ComparedSample(BaseModel):
    """An image with what both runs predict. `index` is its position in the stored split."""

    index: int
    true: str
    first: RunPrediction
    second: RunPrediction
    image: str


class ComparedSamples(BaseModel):
    """`epochs` are those of the two runs; the pages of a list stay with them.

    `offset` is the position of the first item among all `total` that match.
    """

    epochs: tuple[int, int]
    split: Split
    total: int
    offset: int
    items: list[ComparedSample]
    next_cursor: str | None


class LineageNode(BaseModel):
    """A run, or one that was deleted: then only its id is known."""

    id: str
    name: str | None
    status: Status | Literal["deleted"]
    best: Best | None


class LineageEdge(BaseModel):
    """How the run `to` came from the run `from`; `resumed` is from a run to itself, after `epoch`.

    `changes` has the settings that differ, each with its value before and after.
    """

    from_: str = Field(alias="from")
    to: str
    kind: Literal["cloned", "initialised", "resumed"]
    epoch: int | None = None
    changes: dict[str, tuple[Any, Any]]


class Lineage(BaseModel):
    """`decisions` are those about any of the requested runs."""

    nodes: list[LineageNode]
    edges: list[LineageEdge]
    decisions: list[DecisionRead]


class CurvesQuery(RunFilter):
    runs: RunIds | None = Field(None, description="ids of the runs, separated by commas; or use the list's filters")
    metric: str = Field("val_accuracy", max_length=100, description="a metric of `GET /api/runs/{run_id}/metrics`")
    x: XAxis = Field("epoch", description="epochs, seconds of training, or training images seen")
    group_by: str | None = Field(
        None, max_length=500, description="fields, separated by commas, such as `optimizer.learning_rate`"
    )
    max_points: int = Field(1_000, ge=2, le=10_000, description="points of a line at most, extremes kept")


class GroupTestQuery(RunFilter):
    by: str = Field(min_length=1, max_length=500, description="fields of the groups, separated by commas")
    column: str = Field("best.val_accuracy", max_length=100, description="the number that the groups are compared by")


class GroupTest(BaseModel):
    """The two best of `groups` groups, by their means of the column; `difference` is the first minus the second.

    `test` is `paired-t` where both groups have the same seeds, each once, or `sign` if all these differences are equal;
    otherwise Welch's, for unequal variances.
    `interval` (95 %) and `p_value` are null where a group has one value, or no spread.
    """

    first: dict[str, str | float | bool | None]
    second: dict[str, str | float | bool | None]
    groups: int
    n: tuple[int, int]
    test: Literal["paired-t", "sign", "welch-t"]
    difference: float
    interval: Interval | None
    p_value: float | None


class CurveLine(BaseModel):
    """The curve of one run, where low, high and mean are the same, or of a group of runs, mean ± standard deviation.

    `counts` is the number of runs that each point of a group is the mean of: a run that ended earlier has no point.
    NaN and infinity are null.
    """

    label: str
    values: dict[str, Any] | None
    run: str | None
    n: int
    x: list[float]
    mean: list[float | None]
    low: list[float | None]
    high: list[float | None]
    counts: list[int]


class LeftOut(BaseModel):
    """A run without a line, and why."""

    run: str
    name: str
    reason: str


class Curves(BaseModel):
    """`total` is the number of runs that match; those without a line are in `left_out`."""

    metric: str
    x: XAxis
    total: int
    lines: list[CurveLine]
    left_out: list[LeftOut]


class Difference(BaseModel):
    """`values` and `defaults` are in the order of the runs; a value that a run does not have is null.

    `defaults` says where the value is the default of its field.
    """

    path: str
    values: list[Any]
    defaults: list[bool]


class Result(BaseModel):
    """What the model of `epoch` scored on `images` images, and what the run cost.

    `interval` is Wilson's 95 % interval of the accuracy. `seconds` is the training time of all epochs together, `bytes`
    the size of `best.keras`, `prediction_ms` the shortest of a second's predictions of one image, on the processor of
    the worker that proved the run's bundle, null until then and for bundles of earlier versions.
    """

    epoch: int | None
    images: int | None
    accuracy: float | None
    interval: Interval | None
    test_interval: Interval | None
    seconds: float | None
    bytes: int | None
    prediction_ms: float | None


class ComparedRun(RunSummary):
    """A run as a row of the table, with its result."""

    result: Result


class Pair(BaseModel):
    """Two runs on the same `n` images; `first` and `second` are in the order of the request.

    `agreement` is the share of images with the same predicted class. `accuracy_difference` is the second's accuracy
    minus the first's, with its 95 % interval. `matrix` is the second's confusion matrix minus the first's, which is
    `first_matrix`: rows are true classes, columns predicted ones. `samples` has the images that the query asks for, by
    kind. `better` is null where the difference may be chance (p of 0.05 or more). In
    `sentence`, A is the first run and B the second.
    """

    epochs: tuple[int, int]
    split: Split
    classes: list[str]
    n: int
    both_right: int
    only_first: int
    only_second: int
    both_wrong: int
    agreement: float
    accuracy_difference: float
    interval: Interval
    p_value: float
    test: Literal["mcnemar-exact"]
    better: Literal["first", "second"] | None
    sentence: str
    matrix: list[list[int]]
    first_matrix: list[list[int]]
    samples: dict[ChangeKind, ComparedSamples] = {}


class Comparison(BaseModel):
    """`common` has the settings that all runs share. `pair_reason` says why there is no `pair`."""

    runs: list[ComparedRun]
    differences: list[Difference]
    common: dict[str, Any]
    pair: Pair | None
    pair_reason: str | None
