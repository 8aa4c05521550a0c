"""The JSON of `GET /api/catalog`."""

from typing import Any, Literal

from pydantic import BaseModel

from backend.files import HashName
from backend.spec import Precision, Scaling


class Limits(BaseModel):
    """What one field takes. `items` describes each element of a list; a `part` is an object with fields.

    `takes_one`: one value may stand in place of the list. An `object` is one of `layer_objects[objects]`, given by its
    name, or with its own arguments as `{"class_name", "config"}`.
    """

    type: Literal["integer", "number", "string", "boolean", "list", "part", "object"]
    title: str
    help: str = ""
    default: Any = None
    nullable: bool = False
    choices: list[str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    items: "Limits | None" = None
    takes_one: bool = False
    objects: str | None = None


class Option(Limits):
    name: str


class PartChoice(BaseModel):
    """One of several forms of a part (a preset, an optimizer, …) with its options."""

    name: str
    title: str
    options: list[Option]


class BackboneChoice(PartChoice):
    """A network that was trained on other images. `parameters` are those without its own last layer.

    `scaling` is that of the pixels that it was trained with, which a run of it has, too. Where it `normalizes`, its
    first layer then brings each channel to the mean and deviation of ImageNet's photos. `last_blocks` says what the
    option `train: "last_blocks"` trains. `file` is that of its weights, with its size in `bytes` and its `digest`, an
    MD5 or SHA-256 as `hash` says. `has_weights` says whether the file is on the machine of the service; a run downloads
    a missing one from `address`, which is null where a package that is installed with the board has it.
    """

    scaling: Scaling
    normalizes: bool
    last_blocks: str
    license: str
    source: str
    trained_on: str
    parameters: int
    file: str
    address: str | None
    digest: str
    hash: HashName
    bytes: int
    has_weights: bool = False


class Argument(Option):
    """An argument of a layer's constructor. `common` ones are shown first."""

    common: bool


class LayerChoice(BaseModel):
    """A layer that a list of layers may have. An argument without a default that may not be null is required."""

    name: str
    group: str
    arguments: list[Argument]


class PrecisionOffer(BaseModel):
    """`gain` is the speed relative to float32 on the device that gains most; null where no worker has timed it.

    That of `auto` is null: a worker decides it for each run.
    """

    name: Precision
    gain: float | None
    fast: bool


class Catalog(BaseModel):
    """`limits` holds each field that can be changed under its path in the spec, keys joined by dots.

    Where a part has several forms, its choices are a list here, and their options are paths below that part: `presets`
    and `backbones` below `model.options`, `optimizers` below `optimizer`, `schedules` below `optimizer.schedule`,
    `losses` below `loss`, `validations` below `dataset.validation`.

    `layers` are all allowed layers, `layer_choices` those of a list of layers, with their arguments by Keras' own names
    and defaults, and `layer_objects` the initializers, regularizers and constraints that an argument may be.
    """

    limits: dict[str, Limits]
    datasets: list[str]
    presets: list[PartChoice]
    backbones: list[BackboneChoice]
    optimizers: list[PartChoice]
    schedules: list[PartChoice]
    losses: list[PartChoice]
    validations: list[PartChoice]
    layers: list[str]
    layer_choices: list[LayerChoice]
    layer_objects: dict[str, list[PartChoice]]
    monitors: list[str]
    precisions: list[PrecisionOffer]
