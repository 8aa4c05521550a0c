"""The JSON of `GET /api/runs/{id}/diagnosis`."""

from typing import Any

from pydantic import BaseModel, Field

from backend.diagnosis.finding import Kind


class EarlierPairs(BaseModel):
    """`n` pairs of finished runs that differ in this change only, and what it brought: the mean, least and greatest
    difference of their best validation accuracies.
    """

    n: int
    gain: float
    low: float
    high: float


class NextRunRead(BaseModel):
    """A clone with one change: `changes` are values by their paths in the spec. `seconds` is null where unknown.

    `earlier` is what the same change brought in stored runs; null where there is no such pair.
    """

    title: str
    changes: dict[str, Any]
    seconds: float | None
    earlier: EarlierPairs | None


class FindingRead(BaseModel):
    """`text` is the title and the reasons in one; `since_epoch` is where a chart marks the finding."""

    kind: Kind
    title: str
    since_epoch: int
    text: str
    reasons: list[str]
    evidence: dict[str, float]
    next: list[NextRunRead]


class MeasuredAccuracy(BaseModel):
    """The validation accuracy of the best epoch, and its 95 % interval (Wilson)."""

    epoch: int
    images: int
    accuracy: float
    interval: list[float] = Field(description="[low, high]")


class DiagnosisRead(BaseModel):
    """`accuracy` is null before the first epoch with finite metrics."""

    items: list[FindingRead]
    accuracy: MeasuredAccuracy | None
