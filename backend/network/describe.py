"""Returns the network of a spec's model."""

from collections.abc import Sequence

from backend.errors import FieldError
from backend.network import keras_json, presets
from backend.network.assemble import WindowTooLarge, assemble
from backend.network.backbones import plans as backbones
from backend.network.errors import Impossible
from backend.network.network import Network
from backend.network.plan import Draft, Plan, draft, stacked
from backend.spec import BackbonePart, KerasModel, LayerList, ModelSpec, PresetPart


def describe(model: ModelSpec, image_shape: Sequence[int], classes: int) -> Network:
    """Returns the network of `model` for images of (height, width, channels).

    Raises:
        Impossible: there can be no such network; each error has its place from the spec's root.
    """
    plan = _plan(model, image_shape, classes)
    try:
        return assemble(plan, image_shape, classes)
    except WindowTooLarge as error:
        if isinstance(model, PresetPart):
            raise presets.too_small(model, error.draft, error.input_shape, tuple(image_shape)) from None
        raise


def _plan(model: ModelSpec, image_shape: Sequence[int], classes: int) -> Plan:
    if isinstance(model, KerasModel):
        return keras_json.plan(model.keras, image_shape)
    if isinstance(model, LayerList):
        return stacked("layers", _drafts(model))
    if isinstance(model, BackbonePart):
        return backbones.plan(model, image_shape, classes)
    return presets.plan(model, classes)


def _drafts(model: LayerList) -> list[Draft]:
    drafts: list[Draft] = []
    errors: list[FieldError] = []
    for number, layer in enumerate(model.layers):
        try:
            noun = f"layer {number + 1}, {layer.class_name}"
            drafts.append(draft(layer.class_name, layer.config, noun, ["model", "layers", number]))
        except Impossible as impossible:
            errors += impossible.errors
    if errors:
        raise Impossible(errors)
    return drafts
