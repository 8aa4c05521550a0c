"""Which network a run trains: a preset or a backbone with options, a list of layers, or what `to_json()` gives."""

import json
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import BeforeValidator, Field, Tag

from backend.requests import Line
from backend.spec.backbones import BACKBONES, BackbonePart
from backend.spec.part import Part, chosen, discriminator
from backend.spec.plain_json import PlainObject
from backend.spec.presets import PRESETS, PresetPart

MAX_LAYERS = 300


class LayerSpec(Part):
    """One layer as Keras names it, with the arguments of its constructor."""

    class_name: Line = Field(min_length=1, max_length=64)
    config: PlainObject = Field(default_factory=dict)


class LayerList(Part):
    """A Sequential model without its input layer."""

    layers: list[LayerSpec] = Field(min_length=1, max_length=MAX_LAYERS)


def _parsed(value: Any) -> Any:
    """Returns the object in a JSON string: `model.to_json()` returns a string, and programs send it as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


class KerasModel(Part):
    """What `model.to_json()` gives for a Sequential or functional model of allowed layers, of Keras 1.2 to 3."""

    keras: Annotated[PlainObject, BeforeValidator(_parsed)]


# Tags of the forms. They are no keys of a body, where the location of an error would have them.
A_BACKBONE, LAYERS, KERAS = "a backbone", "a list of layers", "a Keras model"


def _form(value: Any) -> str | None:
    """Returns the tag of the form that a model's keys ask for."""
    if isinstance(value, LayerList) or (isinstance(value, dict) and "layers" in value):
        return LAYERS
    if isinstance(value, KerasModel) or (isinstance(value, dict) and "keras" in value):
        return KERAS
    return A_BACKBONE if chosen(value, BACKBONES.key) is not None else chosen(value, PRESETS.key)


if TYPE_CHECKING:
    ModelSpec = PresetPart | BackbonePart | LayerList | KerasModel
else:
    _OTHERS = (BACKBONES.union(), A_BACKBONE), (LayerList, LAYERS), (KerasModel, KERAS)
    ModelSpec = Annotated[
        Union[(*PRESETS.tagged(), *(Annotated[form, Tag(tag)] for form, tag in _OTHERS))],
        discriminator(_form, PRESETS.key, *PRESETS.names()),
    ]


def model_name(model: ModelSpec) -> str:
    """Returns the word by which runs are found: the name of the preset or backbone, `layers` or `keras`."""
    if isinstance(model, PresetPart):
        return model.preset
    if isinstance(model, BackbonePart):
        return model.backbone
    return "layers" if isinstance(model, LayerList) else "keras"
