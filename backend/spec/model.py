"""Which network: a preset with options, a list of layers, or what `model.to_json()` gives."""

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from backend.spec.part import Part, chosen, discriminator
from backend.spec.plain import PlainObject

Filters = Annotated[int, Field(ge=1, le=2048)]
Units = Annotated[int, Field(ge=1, le=8192)]
Activation = Literal["relu", "elu", "gelu", "leaky_relu", "selu", "silu", "tanh", "sigmoid"]
MAX_LAYERS = 300


class _Options(Part):
    """What both presets have: the dense layers after the convolutions, and how all are regularised."""

    dense_units: list[Units] = Field(
        [512], title="Dense units", description="hidden layers before the softmax", max_length=4
    )
    activation: Activation = Field("relu", title="Activation", description="of every layer but the last")
    batch_normalization: bool = Field(False, title="Batch normalisation", description="after each convolution")
    flatten_dropout: float = Field(0.0, title="Dropout before dense", description="after flattening", ge=0, lt=1)
    dense_dropout: float = Field(0.0, title="Dropout after dense", description="after each dense layer", ge=0, lt=1)
    l1: float = Field(0.0, title="L1", description="on every kernel before the last layer", ge=0, le=1)
    l2: float = Field(0.0, title="L2", description="on every kernel before the last layer", ge=0, le=1)


class StridedCnnOptions(_Options):
    """Convolutions that halve the image, then dense layers."""

    filters: list[Filters] = Field(
        [32, 64, 128],
        title="Filters",
        description="one 3×3 convolution with strides 2 each",
        min_length=1,
        max_length=8,
    )
    padding: Literal["valid", "same"] = Field("valid", title="Padding", description="at the edges of each convolution")


class VggOptions(_Options):
    """Blocks of convolutions, each block ended by pooling, then dense layers."""

    blocks: list[Annotated[list[Filters], Field(min_length=1, max_length=6)]] = Field(
        [[32, 32], [64, 64], [128, 128]],
        title="Blocks",
        description="filters of each 3×3 convolution, block by block",
        min_length=1,
        max_length=6,
    )
    padding: Literal["same", "valid", "last_valid"] = Field(
        "same", title="Padding", description="last_valid: same, but for the last convolution"
    )
    pooling: Literal["max", "average", "strides"] = Field(
        "max", title="Shrink by", description="strides: the last convolution of a block takes each second pixel"
    )
    block_dropout: float = Field(0.0, title="Dropout after blocks", description="after each pooling", ge=0, lt=1)


class StridedCnn(Part):
    preset: Literal["strided_cnn"]
    options: StridedCnnOptions = StridedCnnOptions()


class Vgg(Part):
    preset: Literal["vgg"]
    options: VggOptions = VggOptions()


class LayerSpec(Part):
    """One layer as Keras names it, with the arguments of its constructor."""

    class_name: str = Field(min_length=1, max_length=64)
    config: PlainObject = Field(default_factory=dict)


class LayerList(Part):
    """A Sequential model without its input layer."""

    layers: list[LayerSpec] = Field(min_length=1, max_length=MAX_LAYERS)


class KerasModel(Part):
    """What `model.to_json()` gives of a Sequential or functional model of allowed layers."""

    keras: PlainObject


def _form(value: Any) -> str | None:
    """The branch that a model's keys ask for."""
    if isinstance(value, LayerList) or (isinstance(value, dict) and "layers" in value):
        return "layers"
    if isinstance(value, KerasModel) or (isinstance(value, dict) and "keras" in value):
        return "keras"
    return chosen(value, "preset")


ModelSpec = Annotated[
    Annotated[StridedCnn, Tag("strided_cnn")]
    | Annotated[Vgg, Tag("vgg")]
    | Annotated[LayerList, Tag("layers")]
    | Annotated[KerasModel, Tag("keras")],
    discriminator(_form, "preset", "strided_cnn", "vgg"),
]


def model_name(model: StridedCnn | Vgg | LayerList | KerasModel) -> str:
    """The word by which runs are found: the preset's name, `layers` or `keras`."""
    if isinstance(model, StridedCnn | Vgg):
        return model.preset
    return "layers" if isinstance(model, LayerList) else "keras"
