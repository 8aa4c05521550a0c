"""Queries and JSON responses of one image of a run."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.artifacts.prediction import ClassProbability
from backend.runs.stored_predictions import Split

StoredSplit = Literal["train", "test"]


class ImageQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    split: Split = Field("validation", description="split of the run that the image belongs to")


class Story(BaseModel):
    """The image after each epoch; all lists are as long as `epochs`. A confidence is null where it was NaN.

    `label_confidence` is the probability of the true class. It is stored where that class is predicted or the
    runner-up, and null elsewhere. `learnt` are the epochs that made the image right, `forgotten` those that made it
    wrong, `flips` counts the changes of the predicted class.
    """

    epochs: list[int]
    predicted: list[str]
    confidence: list[float | None]
    label_confidence: list[float | None]
    learnt: list[int]
    forgotten: list[int]
    flips: int


class Verdict(BaseModel):
    """What another finished run says of the image, at its best epoch."""

    run: str
    name: str
    epoch: int
    predicted: str
    confidence: float | None


class Mistakes(BaseModel):
    """Of the best epoch: how many images are wrong, and how many of them with at least this image's confidence."""

    total: int
    as_sure: int


class Neighbour(BaseModel):
    """A training image; `distance` is the cosine distance of the last layer's features, from 0 to 2."""

    split: StoredSplit
    index: int
    class_: str = Field(serialization_alias="class")
    distance: float
    image: str


class SampleDetail(BaseModel):
    """One image of a run. `index` is its position in `stored_split` of the dataset.

    `top` are the likeliest classes at `epoch`, the best one: five, or the two that are stored for test images; none
    without a best epoch. `others` are other finished runs that were scored on this image, the newest first, at most 50
    of `others_total`. `neighbours` are the nearest training images, null until the run's map was computed.
    """

    index: int
    split: Split
    dataset: str
    stored_split: StoredSplit
    shape: tuple[int, int, int]
    brightness: float = Field(description="mean of the pixels, from 0 to 255")
    true: str
    image: str
    epoch: int | None
    top: list[ClassProbability]
    mistakes: Mistakes | None
    story: Story
    others: list[Verdict]
    others_total: int
    neighbours: list[Neighbour] | None
