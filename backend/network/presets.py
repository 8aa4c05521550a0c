"""Presets as plans of layers, and the message for a preset whose image becomes too small."""

from backend.network.errors import Impossible, impossible
from backend.network.plan import Draft, Loc, Plan, draft, stacked
from backend.network.shapes import Shape
from backend.phrases import size
from backend.spec.presets import PresetPart
from backend.spec.presets.base import KERNEL


def plan(model: PresetPart, classes: int) -> Plan:
    drafts = [draft(layer.class_name, layer.config, layer.noun, _loc(model)) for layer in model.layers(classes)]
    return stacked(model.preset, drafts)


def too_small(model: PresetPart, stuck: Draft, input_shape: Shape, image_shape: Shape) -> Impossible:
    """Returns the error for the layer `stuck`, whose window is larger than its input."""
    layer = next(layer for layer in model.convolutions() if layer.noun == stuck.noun)
    if layer.no_room:
        return impossible(f"{layer.no_room} of {size(image_shape[:2])}: {layer.remedy}", *_loc(model))
    return impossible(
        f"{layer.noun} gets {size(input_shape[:2])} of the {size(image_shape[:2])} pixels, and with padding 'valid' "
        f"its {KERNEL}×{KERNEL} filter does not fit: {layer.remedy}, or padding 'same'",
        *_loc(model),
    )


def _loc(model: PresetPart) -> Loc:
    return ["model", "options", model.depth_option]
