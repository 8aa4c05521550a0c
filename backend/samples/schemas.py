"""Queries and JSON responses of one image of a run."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.artifacts.prediction import ClassProbability
from backend.datasets.store import StoredSplit
from backend.runs.stored_predictions import Split


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
    of `others_total`. `neighbours` are the nearest of `neighbours_of` training images in the features of the model of
    `neighbours_epoch`: null until the run's map was computed, empty where it lacks this image.
    """

    index: int
    split: Split
    dataset: str
    stored_split: StoredSplit
    shape: tuple[int, int, int]
    brightness: float = Field(description="mean of the pixels, from 0 to 255")
    true: str
    true_position: int = Field(description="position of the true class")
    image: str
    epoch: int | None
    top: list[ClassProbability]
    predicted_position: int | None = Field(description="position of the first class of `top`")
    mistakes: Mistakes | None
    story: Story
    others: list[Verdict]
    others_total: int
    neighbours: list[Neighbour] | None
    neighbours_epoch: int | None
    neighbours_of: int | None


class AttentionQuery(ImageQuery):
    class_: str | None = Field(None, alias="class", max_length=200, description="class to explain; the likeliest one")
    method: Literal["gradcam", "occlusion"] = Field(
        "gradcam", description="gradients at the last convolution, or the fall of the probability under a grey patch"
    )


class AttentionRead(BaseModel):
    """Where the network looks for evidence of a class.

    `image` is a data URL: a white PNG of the image's size, at most 512 pixels a side, whose opacity is the map.
    `height` and `width` are those of the map before it was enlarged, `layer` the convolution of Grad-CAM. Half of the
    map lies on `half_area` of the image, null where nothing speaks for the class. `agreement` is the correlation of
    occlusion with Grad-CAM.
    """

    class_: str = Field(serialization_alias="class")
    method: Literal["gradcam", "occlusion"]
    epoch: int
    layer: str | None
    height: int
    width: int
    half_area: float | None
    agreement: float | None
    image: str


class FeaturesQuery(ImageQuery):
    layer: str | None = Field(None, max_length=200, description="name of a convolution; the first one")


class LayerMaps(BaseModel):
    name: str
    type: str
    height: int
    width: int
    channels: int


class FeatureMap(BaseModel):
    """`image` is a data URL: black is the smallest response or 0, white the largest, which is `strongest`."""

    channel: int
    strongest: float
    image: str


class FeaturesRead(BaseModel):
    """The maps of `layer` for an image, the strongest first, at most 64; `layers` are the network's convolutions.

    `filters` are data URLs of the layer's kernels, at most 64, grey for 0, where the layer reads one or three channels.
    """

    epoch: int
    layers: list[LayerMaps]
    layer: str
    maps: list[FeatureMap]
    filters: list[str]


class WhatIf(BaseModel):
    """Changes of an image. `rotate` in degrees clockwise, `crop` the share of each side that is cut away, `brightness`
    and `noise` as shares of full brightness, `blur` in pixels."""

    model_config = ConfigDict(extra="forbid")

    rotate: float = Field(0, ge=-180, le=180, allow_inf_nan=False)
    crop: float = Field(0, ge=0, le=0.9, allow_inf_nan=False)
    brightness: float = Field(0, ge=-1, le=1, allow_inf_nan=False)
    blur: float = Field(0, ge=0, le=100, allow_inf_nan=False)
    noise: float = Field(0, ge=0, le=1, allow_inf_nan=False)
    bands: bool = Field(False, description="also how the answer depends on each change, the others as they are")


class Band(BaseModel):
    """From `low` to `high` of a change, the likeliest class is the same."""

    low: float
    high: float
    class_: str = Field(serialization_alias="class")


class Bands(BaseModel):
    """The bands of each change, from its least to its largest value."""

    rotate: list[Band]
    brightness: list[Band]
    blur: list[Band]
    noise: list[Band]
    crop: list[Band]


class WhatIfRead(BaseModel):
    """`top` are the likeliest classes of the changed image, whose PNG is the data URL `image`."""

    epoch: int
    top: list[ClassProbability]
    image: str
    bands: Bands | None
