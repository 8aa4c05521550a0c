"""What the REST interface says and takes about datasets."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

DatasetStatus = Literal["missing", "preparing", "ready", "failed"]
Fit = Literal["crop", "pad", "stretch"]
Color = Literal["rgb", "grayscale"]


class PictureOptions(BaseModel):
    """How pictures of any size and kind become the arrays of a dataset."""

    model_config = ConfigDict(extra="forbid")

    image_size: int = Field(32, title="Image size", description="side in pixels", ge=8, le=512)
    fit: Fit = Field(
        "crop", title="Fit", description="crop: the middle; pad: black bars; stretch: all of it, distorted"
    )
    color: Color = Field("rgb", title="Colour")


class UploadOptions(PictureOptions):
    test_fraction: float = Field(
        0.2, title="Share for test", description="unused where the zip has a folder test", ge=0.01, le=0.9
    )


class UploadQuery(UploadOptions):
    name: str = Field(title="Name", min_length=1, max_length=64)


class DatasetProgress(BaseModel):
    """Bytes while fetching, images while reading; `total` is null where nobody knows it."""

    done: int
    total: int | None
    unit: Literal["bytes", "images"]
    text: str


class SkippedEntry(BaseModel):
    entry: str
    reason: str


class Skipped(BaseModel):
    """Files of an upload that are no images of the dataset; `items` names the first of `count`."""

    count: int = 0
    items: list[SkippedEntry] = []


class DatasetRead(BaseModel):
    """`counts` is the number of images by split and class, in the order of `classes`.

    `fit`, `image_size` and `color` are null for built-in datasets, whose `duplicates` nobody counted.
    """

    name: str
    origin: Literal["built_in", "upload"]
    status: DatasetStatus
    error: str | None = None
    progress: DatasetProgress | None = None
    classes: list[str] | None = None
    image_shape: list[int] | None = None
    counts: dict[str, list[int]] | None = None
    content_hash: str | None = None
    fit: Fit | None = None
    image_size: int | None = None
    color: Color | None = None
    duplicates: int = 0
    skipped: Skipped = Skipped()
