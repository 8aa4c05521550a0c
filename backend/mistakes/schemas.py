"""Queries and JSON responses of mistakes: confused pairs, one class, slices, and all of an epoch at once."""

from pydantic import BaseModel, Field

from backend.analysis.statistics.intervals import Interval
from backend.runs.analysis_schemas import (
    EpochQuery,
    NonzeroMatrixRead,
    ReportRead,
    SampleRead,
    SamplesQuery,
    SamplesRead,
)
from backend.runs.stored_predictions import Split
from backend.runs.table.cursors import MAX_LENGTH


class PairsQuery(EpochQuery):
    limit: int = Field(50, ge=1, le=200, description="pairs of a page")
    cursor: str | None = Field(None, max_length=MAX_LENGTH, description="`next_cursor` of the previous page")


class ConfusedPair(BaseModel):
    """`count` of the `support` images of class `true` are taken for `predicted`, which is `share` of them.

    Positions are those of the classes; `image` is the address of the image that it is most sure of.
    """

    true: str
    true_position: int
    predicted: str
    predicted_position: int
    count: int
    support: int
    share: float
    image: str


class ConfusedPairsRead(BaseModel):
    """`total` counts the pairs with a mistake, `mistakes` the images that are taken for another class."""

    epoch: int
    split: Split
    total: int
    mistakes: int
    items: list[ConfusedPair]
    next_cursor: str | None


class Score(BaseModel):
    """A score from 0 to 1 with its 95 % interval; null where no image counts."""

    value: float | None
    interval: Interval | None


class ConfusedClass(BaseModel):
    """`count` of `support` images are confused with the class of the page; `share` is their quotient.

    In `taken_for`, `support` counts the images of the page's class; in `taken_from`, those of this other class.
    """

    name: str
    position: int
    count: int
    support: int
    share: float


class ClassCurve(BaseModel):
    """Scores after each epoch, of at most 200 epochs; null where no image counts or the predictions are gone."""

    epochs: list[int]
    precision: list[float | None]
    recall: list[float | None]
    f1: list[float | None]


class ClassRead(BaseModel):
    """One class of a run after an epoch. `support` counts its images, `predicted` those that are predicted as it.

    Intervals are Wilson's, and for F1 those of the Wilson indirect method (arXiv 2309.14621). `worst` are mistakes
    that the model is most sure of, `typical` are right and most sure: at most twelve each.
    """

    epoch: int
    split: Split
    classes: list[str]
    position: int
    name: str
    support: int
    predicted: int
    right: int
    precision: Score
    recall: Score
    f1: Score
    curve: ClassCurve
    taken_for: list[ConfusedClass]
    taken_from: list[ConfusedClass]
    worst: list[SampleRead]
    typical: list[SampleRead]


class SliceAttribute(BaseModel):
    key: str
    title: str


class MissingAttribute(BaseModel):
    """An attribute that makes no slices of this run's images, and why."""

    title: str
    reason: str


class SliceRead(BaseModel):
    """Images that have something in common: a `range` of a number or a `value`, of one class where `class` is given.

    `key` chooses these images in `samples?slice=`. `p_value` is corrected for all comparisons; it is null where there
    are too few images. A slice that is `found` is weaker than by chance; its surest mistakes, at most five, are in
    `images`. `position` is that of the class.
    """

    key: str
    by: str
    title: str
    detail: str
    range: tuple[float, float] | None
    value: str | None
    class_: str | None = Field(serialization_alias="class")
    position: int | None
    n: int
    right: int
    accuracy: float
    interval: Interval
    p_value: float | None
    found: bool
    images: list[str]


class SlicesRead(BaseModel):
    """`n`, `accuracy` and `interval` (95 %, Wilson) are of all images. `compared` slices have at least `smallest`
    images and were tested by `method`. The slices that were found come first, the weakest first."""

    epoch: int
    split: Split
    n: int
    accuracy: float
    interval: Interval
    compared: int
    smallest: int
    method: str
    attributes: list[SliceAttribute]
    missing: list[MissingAttribute]
    items: list[SliceRead]


class MistakesQuery(SamplesQuery):
    slices: bool = Field(False, description="adds the slices, which at first takes time for each image of the split")


class MistakesRead(BaseModel):
    """What `confusion-matrix` (with `cells=nonzero`), `report`, `samples` and `slices` return, all of one epoch."""

    matrix: NonzeroMatrixRead
    report: ReportRead
    samples: SamplesRead
    slices: SlicesRead | None
