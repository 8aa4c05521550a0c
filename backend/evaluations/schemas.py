"""Types of the routes of evaluations."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["map", "robustness", "training_predictions"]
Status = Literal["queued", "running", "ready", "failed"]


class EvaluationRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind = Field(description="`map`: features and their map; `robustness`; `training_predictions`")


class EvaluationRead(BaseModel):
    """`epoch` is that of the model it is made of. `is_current` is false once the run has a better one."""

    kind: Kind
    status: Status
    progress: float = Field(ge=0, le=1)
    error: str | None
    created_at: datetime
    finished_at: datetime | None
    epoch: int
    is_current: bool


class MapRead(BaseModel):
    """Columns of the same length, one entry for each image. `index` is a position in the dataset's `stored_split`.

    `layer` names the layer whose output the map arranges; null where the network has no layer before its last one, so
    that the map arranges pixels. `images` is the number of validation images, of which at most 10,000 are on the map.
    """

    epoch: int
    is_current: bool
    stored_split: str
    layer: str | None
    images: int
    classes: list[str]
    x: list[float]
    y: list[float]
    index: list[int]
    true: list[str]
    predicted: list[str]
    confidence: list[float | None]
