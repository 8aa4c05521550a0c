"""What is responded about the file of a model."""

from typing import Any

from pydantic import BaseModel, Field

from backend.datasets.schemas import Color


class VersionOfDataset(BaseModel):
    """A version of the dataset that fits the file: the body of `POST /api/datasets/{name}/versions`."""

    dataset: str
    image_size: int
    color: Color | None = None


class ModelFix(BaseModel):
    """A difference between file and dataset, or a note, and the change that settles it.

    `changes` are values of the spec by path, `model` among them; the file is then read again, with that model as body.
    """

    title: str
    text: str
    layers: list[str] = []
    changes: dict[str, Any] = {}
    version: VersionOfDataset | None = None


class ModelError(BaseModel):
    """`loc` is the place in the file's JSON, `layer` its layer's name, and `fixed` that one of the fixes repairs it."""

    loc: list[str | int]
    layer: str | None
    msg: str
    fixed: bool = False


class ModelRead(BaseModel):
    """The architecture in a file as the `model` of a spec; null where it can't be one.

    `input_shape` is (height, width, channels) as the file says, null for any; `outputs` is the width of its last layer.
    """

    dialect: str = Field(examples=["Keras 2.2.4"])
    file: str = Field(examples=["JSON", ".keras", ".h5"])
    name: str
    layers: int
    parameters: int | None
    input_shape: list[int | None] | None
    outputs: int | None
    model: dict[str, Any] | None
    notes: list[str]
    fixes: list[ModelFix]
    errors: list[ModelError]
