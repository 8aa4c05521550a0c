"""The layers that a form may offer, with the arguments of each, derived from the table of allowed layers."""

from collections.abc import Iterator, Mapping
from typing import Any

from backend.network.fields import REQUIRED, Field
from backend.network.layers import COMMON, KINDS
from backend.network.objects import OBJECTS
from backend.planning.catalog_schemas import Argument, LayerChoice, Option, PartChoice

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Convolution": ("Conv2D", "SeparableConv2D", "DepthwiseConv2D"),
    "Pooling": ("MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D"),
    "Dense": ("Dense", "Flatten"),
    "Normalization": ("BatchNormalization", "LayerNormalization", "GroupNormalization"),
    "Regularization": ("Dropout", "SpatialDropout2D", "GaussianDropout", "GaussianNoise"),
    "Activation": ("Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax"),
    "Shape": ("ZeroPadding2D", "Cropping2D", "UpSampling2D", "Resizing", "Reshape", "Permute", "Identity"),
}
"""The layers of a form in the order of a menu. Layers that join several inputs can't be in a list of layers."""

OFTEN_CHANGED = {
    *("filters", "kernel_size", "strides", "padding", "pool_size", "units", "activation", "rate", "stddev", "groups"),
    *("momentum", "max_value", "negative_slope", "alpha", "target_shape", "dims", "size", "cropping"),
}


def layer_choices() -> list[LayerChoice]:
    return [
        LayerChoice(name=name, group=group, arguments=list(_arguments(KINDS[name].fields)))
        for group, names in GROUPS.items()
        for name in names
    ]


def object_choices() -> dict[str, list[PartChoice]]:
    """Returns the initializers, regularizers and constraints by what arguments call them, with their own arguments."""
    return {
        objects: [PartChoice(name=name, title=name, options=list(_options(fields))) for name, fields in kinds.items()]
        for objects, kinds in OBJECTS.items()
    }


def _arguments(fields: Mapping[str, Field]) -> Iterator[Argument]:
    for option in _options({**fields, **COMMON, **fields}):
        yield Argument(**option.model_dump(), common=option.name in OFTEN_CHANGED)


def _options(fields: Mapping[str, Field]) -> Iterator[Option]:
    return (_option(name, field) for name, field in fields.items() if _is_offered(field))


def _is_offered(field: Field) -> bool:
    """False for what may have one value only, or is not passed to the constructor."""
    return field.kept and field.read.limits.get("choices") != []


def _option(name: str, field: Field) -> Option:
    default: Any = None if field.default is REQUIRED else field.default
    return Option(name=name, title=name, default=default, **_limits(field.read.limits))


def _limits(limits: Mapping[str, Any]) -> dict[str, Any]:
    return {**limits, "items": {"title": "", **_limits(limits["items"])}} if "items" in limits else dict(limits)
