"""Queries and JSON of a run's calibration."""

from pydantic import BaseModel, Field

from backend.analysis.statistics.intervals import Interval
from backend.runs.analysis_schemas import EpochQuery
from backend.runs.stored_predictions import Split


class CalibrationQuery(EpochQuery):
    bins: int = Field(15, ge=2, le=100, description="bins of equal width between 0 and 1")


class BinRead(BaseModel):
    """Images with `low < confidence <= high`; the last three are null for a bin without images."""

    low: float
    high: float
    n: int
    confidence: float | None
    accuracy: float | None
    interval: Interval | None


class AnsweringRead(BaseModel):
    """What answering only at `confidence >= threshold` gives: lists of one length.

    `share` is of all images; `accuracy` and `interval` (of 95 %, Wilson) are of those answered.
    """

    threshold: list[float]
    answered: list[int]
    right: list[int]
    share: list[float]
    accuracy: list[float | None]
    interval: list[Interval | None]


class TemperatureRead(BaseModel):
    """Temperature scaling. `value` divides the logits, fitted on all images of the split.

    The rest is out of fold: each half of the images is scaled by the temperature of the other half.
    """

    value: float
    ece: float
    ece_interval: Interval
    confidence: float
    bins: list[BinRead]
    answering: AnsweringRead


class CalibrationRead(BaseModel):
    """`ece` is the expected calibration error; its interval is of 95 %, by bootstrap, that of `accuracy` by Wilson.

    `n` leaves out images whose confidence is NaN, which `not_a_number` counts. `temperature` is null where the
    probabilities of all classes are not kept: any epoch but the best, and the test split.
    """

    epoch: int
    split: Split
    n: int
    not_a_number: int
    accuracy: float
    interval: Interval
    confidence: float
    ece: float
    ece_interval: Interval
    bins: list[BinRead]
    temperature: TemperatureRead | None
    answering: AnsweringRead
