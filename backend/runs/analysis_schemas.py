"""Queries and JSON responses of a run's analysis."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backend.analysis.choices import Cells, ClassOrder, Kind, Normalize, Order
from backend.analysis.statistics.intervals import Interval
from backend.runs.stored_predictions import Split
from backend.runs.table.cursors import MAX_LENGTH

AROUND = "index of an image: the page that has it in the middle, or the first page if the list has it not"
INLINE = "images as data URLs in place of addresses, on a page whose images have at most 256 KiB of pixels"
MAX_CLASS_NAME = 200  # characters
MAX_SEED = 2**53 - 1  # the largest integer that JavaScript represents exactly


def _epoch(text: str) -> str:
    if text not in ("best", "last") and not re.fullmatch("-?[0-9]{1,9}", text):
        raise ValueError(f"must be 'best', 'last' or the number of an epoch, counted from 1; you gave {text!r}")
    return text


class EpochQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    epoch: Annotated[str, AfterValidator(_epoch)] = Field(
        "best",
        description="`best`, `last` or a number",
        json_schema_extra={"pattern": "^(best|last|[0-9]{1,9})$"},
    )
    split: Split = Field(
        "validation", description="images that the epoch was validated on, or the test images of the best epoch"
    )


class MatrixQuery(EpochQuery):
    normalize: Normalize = Field("none", description="counts, or shares of the row, the column, or all samples")


class OrderedMatrixQuery(MatrixQuery):
    order: ClassOrder = Field(
        "stored",
        description="`similarity` adds an order in which classes that are confused lie beside each other, and its tree",
    )
    cells: Cells = Field(
        "all",
        description="lists of the cells that are not 0: 10,000 images fill at most 1 % of a matrix of 1,000 classes",
    )


class SamplePage(BaseModel):
    """A page of a list of images."""

    true: str | None = Field(None, max_length=MAX_CLASS_NAME, description="only this true class")
    seed: int = Field(0, ge=0, le=MAX_SEED, description="seed of the random order")
    limit: int = Field(24, ge=1, le=200, description="images of a page")
    cursor: str | None = Field(None, max_length=MAX_LENGTH, description="`next_cursor` of the previous page")
    around: int | None = Field(None, ge=0, le=2**31 - 1, description=AROUND)
    inline: bool = Field(False, description=INLINE)


class SamplesQuery(SamplePage, EpochQuery):
    kind: Kind = Field("misclassified", description="which images")
    predicted: str | None = Field(None, max_length=MAX_CLASS_NAME, description="only this predicted class")
    slice: str | None = Field(None, max_length=100, description="only images of this slice, a `key` of `slices`")
    order: Order = Field("random", description="a permutation by `seed`, or the most confident first")


class MergeRead(BaseModel):
    """Two clusters of classes become one. Clusters below the number of classes are classes; merge i makes the cluster
    of that number plus i. `height` is 0 for the classes that are confused most, and 1 for those that never are."""

    left: int
    right: int
    height: float


class ScoresRead(BaseModel):
    precision: float
    recall: float
    f1: float
    support: int


class ClassScoresRead(ScoresRead):
    name: str


class ReportRead(BaseModel):
    """`interval` is that of `accuracy`, 95 %, Wilson. `baseline_accuracy` is that of always the most common class.

    `macro` is the unweighted mean over the classes that are a label or predicted, as in scikit-learn, and
    `macro_f1_interval` the 95 % interval of its F1 (delta method; wider where classes have few images).
    """

    epoch: int
    split: Split
    accuracy: float
    interval: Interval
    baseline_accuracy: float
    classes: list[ClassScoresRead]
    macro: ScoresRead
    macro_f1_interval: Interval
    weighted: ScoresRead


class MatrixClasses(BaseModel):
    """The classes of a matrix. `order` has their positions by similarity and `merges` the tree, where the query asks
    for them."""

    epoch: int
    split: Split
    classes: list[str]
    order: list[int] | None = None
    merges: list[MergeRead] | None = None


class MatrixRead(MatrixClasses):
    """Rows are true classes, columns predicted ones, in the order of `classes`; counts, or shares from 0 to 1."""

    matrix: list[list[int]] | list[list[float]]


class NonzeroMatrixRead(MatrixClasses):
    """The cells of a matrix that are not 0, row by row, as lists of equal length: `rows` has the positions of the true
    classes, `columns` those of the predicted ones, `values` counts, or shares from 0 to 1."""

    rows: list[int]
    columns: list[int]
    values: list[int] | list[float]


class SampleRead(BaseModel):
    """`index` is a position in the stored split; `second` is the runner-up class."""

    index: int
    true: str
    predicted: str
    confidence: float | None
    second: str
    second_confidence: float | None
    image: str


class SamplesRead(BaseModel):
    """`offset` is the position of the first item among all `total` that match."""

    epoch: int
    split: Split
    total: int
    offset: int
    items: list[SampleRead]
    next_cursor: str | None


class FigureRead(BaseModel):
    """A Plotly figure with plain lists, for plotly.js or `plotly.io.from_json`."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]
