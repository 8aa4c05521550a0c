"""Types of the routes of evaluations."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.evaluations.disturbances import DisturbanceName

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


class Accuracy(BaseModel):
    """`interval` is Wilson's of 95 %."""

    right: int
    accuracy: float
    interval: tuple[float, float]


class StrengthRead(Accuracy):
    """`strength` is 1 to 5, `value` its measure. `image` is the address of an example, disturbed so."""

    strength: int
    value: float
    image: str


class DisturbanceRead(BaseModel):
    """`measure` says what `value` counts. `mean` is the mean accuracy of the five strengths."""

    name: DisturbanceName
    title: str
    measure: str
    mean: float
    strengths: list[StrengthRead]


class RobustnessRead(BaseModel):
    """Accuracy on validation images, as they are (`clean`) and disturbed; `images` were scored, of so many."""

    epoch: int
    is_current: bool
    images: int
    of: int
    seconds: float
    clean: Accuracy
    clean_image: str
    disturbances: list[DisturbanceRead]
