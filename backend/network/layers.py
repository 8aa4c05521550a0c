"""The table of allowed layers, with the arguments that each constructor may take, by Keras' own names."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.network import reshaping, shapes
from backend.network.fields import (
    Field,
    Reader,
    axes,
    axis,
    borders,
    flag,
    many,
    number,
    one_of,
    optional,
    pair,
    whole,
    whole_but_zero,
)
from backend.network.names import layer_name, precision
from backend.network.objects import activation, constraint, initializer, nullable_activation, regularizer
from backend.network.shapes import Rule

MAX_UNITS = 16_384
MAX_FILTERS = 4_096
MAX_WINDOW = 128
MAX_AXES = 4

Fields = Mapping[str, Field]


@dataclass(frozen=True)
class Kind:
    """A class of layers: its arguments apart from those that all layers have, and its shape rule."""

    fields: Fields
    rule: Rule
    merges: bool = False


def _only(value: object) -> Field:
    """A field that may have this value only; it is not passed to the constructor."""
    return Field(one_of(value), value, kept=False)


def _weight(name: str, rank: int, start: str) -> Fields:
    return {
        f"{name}_initializer": Field(initializer(rank), start),
        f"{name}_regularizer": Field(regularizer, None),
        f"{name}_constraint": Field(constraint(rank), None),
    }


_LAYER_NAME = Reader(layer_name, {"type": "string", "nullable": True, "max_length": 128})
_PRECISION = Reader(precision, {"type": "string", "nullable": True})
_NAMED: Fields = {"name": Field(_LAYER_NAME, None), "dtype": Field(_PRECISION, None, kept=False)}
COMMON: Fields = {**_NAMED, "trainable": Field(flag, True)}
_DATA_FORMAT: Fields = {"data_format": Field(one_of("channels_last", None), None, kept=False)}
_ACTIVATED: Fields = {
    "activation": Field(nullable_activation, "linear"),
    "use_bias": Field(flag, True),
    "activity_regularizer": _only(None),
}
_WINDOW = pair(1, MAX_WINDOW)
_WINDOWS: Fields = {
    **_DATA_FORMAT,
    "strides": Field(_WINDOW, [1, 1]),
    "padding": Field(one_of("valid", "same"), "valid"),
    "dilation_rate": Field(_WINDOW, [1, 1]),
}
_SQUARE = {**_WINDOWS, "depth_multiplier": Field(whole(1, 64), 1)}
_FILTERS = Field(whole(1, MAX_FILTERS))
_POOLING: Fields = {**_DATA_FORMAT, "strides": Field(optional(_WINDOW), None), "padding": _WINDOWS["padding"]}
_GLOBAL = Kind({**_DATA_FORMAT, "keepdims": Field(flag, False)}, shapes.global_pooling)
_CENTERED: Fields = {
    "epsilon": Field(number(1e-9, 1), 0.001),
    "center": Field(flag, True),
    "scale": Field(flag, True),
    **_weight("gamma", 1, "Ones"),
    **_weight("beta", 1, "Zeros"),
}
_SEED: Fields = {"seed": Field(optional(whole(0, 2**31 - 1)), None)}
_RATE: Fields = {"rate": Field(number(0, 1, below=True)), **_SEED}
_SLOPE = number(0, 1_000)
_MERGE = Kind({}, reshaping.merge, merges=True)

KINDS: Mapping[str, Kind] = {
    "Conv2D": Kind(
        {
            "filters": _FILTERS,
            "kernel_size": Field(_WINDOW),
            **_WINDOWS,
            "groups": Field(whole(1, MAX_FILTERS), 1),
            **_ACTIVATED,
            **_weight("kernel", 4, "GlorotUniform"),
            **_weight("bias", 1, "Zeros"),
        },
        shapes.conv2d,
    ),
    "SeparableConv2D": Kind(
        {
            "filters": _FILTERS,
            "kernel_size": Field(_WINDOW),
            **_SQUARE,
            **_ACTIVATED,
            **_weight("depthwise", 4, "GlorotUniform"),
            **_weight("pointwise", 4, "GlorotUniform"),
            **_weight("bias", 1, "Zeros"),
        },
        shapes.separable_conv2d,
    ),
    "DepthwiseConv2D": Kind(
        {
            "kernel_size": Field(_WINDOW),
            **_SQUARE,
            **_ACTIVATED,
            **_weight("depthwise", 4, "GlorotUniform"),
            **_weight("bias", 1, "Zeros"),
        },
        shapes.depthwise_conv2d,
    ),
    "Dense": Kind(
        {
            "units": Field(whole(1, MAX_UNITS)),
            **_ACTIVATED,
            **_weight("kernel", 2, "GlorotUniform"),
            **_weight("bias", 1, "Zeros"),
            "quantization_config": _only(None),
            "lora_rank": _only(None),
            "lora_alpha": _only(None),
        },
        shapes.dense,
    ),
    "MaxPooling2D": Kind({"pool_size": Field(_WINDOW, [2, 2]), **_POOLING}, shapes.pooling),
    "AveragePooling2D": Kind({"pool_size": Field(_WINDOW), **_POOLING}, shapes.pooling),
    "GlobalAveragePooling2D": _GLOBAL,
    "GlobalMaxPooling2D": _GLOBAL,
    "BatchNormalization": Kind(
        {
            "axis": Field(axis(MAX_AXES), -1),
            "momentum": Field(number(0, 1), 0.99),
            **_CENTERED,
            "moving_mean_initializer": Field(initializer(1), "Zeros"),
            "moving_variance_initializer": Field(initializer(1), "Ones"),
            "synchronized": _only(False),
            "renorm": _only(False),
            "renorm_clipping": _only(None),
            "renorm_momentum": Field(number(0, 1), 0.99, kept=False),
        },
        shapes.batch_normalization,
    ),
    "LayerNormalization": Kind(
        {"axis": Field(axes(MAX_AXES), -1), **_CENTERED, "rms_scaling": _only(False)}, shapes.layer_normalization
    ),
    "GroupNormalization": Kind(
        {"groups": Field(whole_but_zero(MAX_FILTERS), 32), "axis": Field(axis(MAX_AXES), -1), **_CENTERED},
        shapes.group_normalization,
    ),
    "Dropout": Kind({**_RATE, "noise_shape": _only(None)}, shapes.same),
    "SpatialDropout2D": Kind({**_RATE, **_DATA_FORMAT, "trainable": _only(True)}, shapes.spatial_dropout),
    "GaussianDropout": Kind(_RATE, shapes.same),
    "GaussianNoise": Kind({"stddev": Field(number(0, 1)), **_SEED}, shapes.same),
    "Activation": Kind({"activation": Field(activation)}, shapes.same),
    "ReLU": Kind(
        {
            "max_value": Field(optional(_SLOPE), None),
            "negative_slope": Field(_SLOPE, 0.0),
            "threshold": Field(_SLOPE, 0.0),
        },
        shapes.same,
    ),
    "LeakyReLU": Kind({"negative_slope": Field(_SLOPE, 0.3)}, shapes.same),
    "ELU": Kind({"alpha": Field(_SLOPE, 1.0)}, shapes.same),
    "PReLU": Kind(
        {**_weight("alpha", 1, "Zeros"), "shared_axes": Field(optional(many(whole(1, 3), 1, 3)), None)}, shapes.prelu
    ),
    "Softmax": Kind({"axis": Field(axes(MAX_AXES), -1)}, shapes.softmax),
    "Flatten": Kind(_DATA_FORMAT, reshaping.flatten),
    "Reshape": Kind({"target_shape": Field(many(whole_but_zero(2**24), 1, MAX_AXES))}, reshaping.reshape),
    "Permute": Kind({"dims": Field(many(whole(1, MAX_AXES), 1, MAX_AXES))}, reshaping.permute),
    "ZeroPadding2D": Kind({**_DATA_FORMAT, "padding": Field(borders(128), [[1, 1], [1, 1]])}, reshaping.zero_padding2d),
    "Cropping2D": Kind({**_DATA_FORMAT, "cropping": Field(borders(1_024), [[0, 0], [0, 0]])}, reshaping.cropping2d),
    "UpSampling2D": Kind(
        {
            **_DATA_FORMAT,
            "size": Field(pair(1, 16), [2, 2]),
            "interpolation": Field(one_of("nearest", "bilinear"), "nearest"),
        },
        reshaping.up_sampling2d,
    ),
    "Resizing": Kind(
        {
            **_DATA_FORMAT,
            "height": Field(whole(1, 1_024)),
            "width": Field(whole(1, 1_024)),
            "interpolation": Field(
                one_of("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5"), "bilinear"
            ),
            "antialias": Field(flag, False),
            "crop_to_aspect_ratio": Field(flag, False),
            "pad_to_aspect_ratio": Field(flag, False),
            "fill_mode": _only("constant"),
            "fill_value": _only(0.0),
        },
        reshaping.resizing,
    ),
    "Identity": Kind({}, shapes.same),
    "Add": _MERGE,
    "Subtract": Kind({}, reshaping.subtract, merges=True),
    "Multiply": _MERGE,
    "Average": _MERGE,
    "Maximum": _MERGE,
    "Minimum": _MERGE,
    "Concatenate": Kind({"axis": Field(axis(MAX_AXES), -1)}, reshaping.concatenate, merges=True),
}
LAYERS = list(KINDS)

_CHANNELS = many(number(-10, 10), 1, MAX_AXES)
BACKBONE_KINDS: Mapping[str, Kind] = {
    **KINDS,
    "Rescaling": Kind({"scale": Field(_CHANNELS), "offset": Field(_CHANNELS)}, shapes.same),
}
"""Also the layer by which some backbones begin. The pixels of other networks are scaled before the network alone."""

OPERATION = "is an operation between layers, as x * 2 is in Python: use a layer that does the same"
_SCALING = "pixels are scaled by preprocessing.scaling, before the network"
_AUGMENTATION = "images are changed by the run's augmentation, before the network: leave this layer out"
_SIZE = "all images of a dataset already have one size: leave this layer out"
_NESTED = "a model inside a model is not supported: use its layers instead"
_RANDOM = ("Flip", "Rotation", "Zoom", "Translation", "Contrast", "Brightness", "Crop", "Height", "Width")

REASONS = {
    "Lambda": "it runs Python code, which a spec can't contain",
    "TFOpLambda": f"it {OPERATION}",
    "SlicingOpLambda": f"it {OPERATION}",
    **dict.fromkeys(("Rescaling", "Normalization"), _SCALING),
    **dict.fromkeys((f"Random{what}" for what in _RANDOM), _AUGMENTATION),
    "CenterCrop": _SIZE,
    **dict.fromkeys(("Functional", "Sequential", "Model"), _NESTED),
    "InputLayer": "the input comes from the dataset: leave this layer out",
}
