"""Shape rules: the output shape, weights and multiplications of each kind of layer, as Keras counts them.

A rule takes the complete arguments and the input shapes without the batch. It raises `Refused` with the rest of a
sentence that begins with the layer's name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from backend.network.errors import Refused
from backend.phrases import size

Shape = tuple[int, ...]
Config = Mapping[str, Any]


@dataclass(frozen=True)
class Built:
    """`trainable` and `other` hold the shape of each weight; `multiplications` is for a forward pass over one image."""

    output: Shape
    trainable: tuple[Shape, ...] = ()
    other: tuple[Shape, ...] = ()
    multiplications: int = 0


Rule = Callable[[Config, Sequence[Shape]], Built]


def same(_config: Config, inputs: Sequence[Shape]) -> Built:
    return Built(inputs[0])


def image(shape: Shape) -> Shape:
    if len(shape) != 3:
        raise Refused(
            f"gets {size(shape)} and needs an image of height × width × channels: move it before Flatten, or put "
            "Reshape before it"
        )
    return shape


def spatial_dropout(_config: Config, inputs: Sequence[Shape]) -> Built:
    return Built(image(inputs[0]))


def conv2d(config: Config, inputs: Sequence[Shape]) -> Built:
    channels, groups, filters = image(inputs[0])[2], config["groups"], config["filters"]
    if filters % groups or channels % groups:
        raise Refused(
            f"has {groups} groups, which must divide both its {channels} input channels and its {filters} filters"
        )
    if max(config["strides"]) > 1 and max(config["dilation_rate"]) > 1:
        raise Refused("has both strides and dilation_rate, and Keras takes only one of them: set the other to 1")
    height, width = windows(inputs[0], config)
    kernel = (*config["kernel_size"], channels // groups, filters)
    return Built((height, width, filters), _with_bias(config, kernel), (), height * width * prod(kernel))


def depthwise_conv2d(config: Config, inputs: Sequence[Shape]) -> Built:
    channels = image(inputs[0])[2]
    _check_square(config)
    height, width = windows(inputs[0], config)
    kernel = (*config["kernel_size"], channels, config["depth_multiplier"])
    output = (height, width, channels * config["depth_multiplier"])
    return Built(output, _with_bias(config, kernel, output[2]), (), height * width * prod(kernel))


def separable_conv2d(config: Config, inputs: Sequence[Shape]) -> Built:
    channels, multiplier, filters = image(inputs[0])[2], config["depth_multiplier"], config["filters"]
    _check_square(config)
    height, width = windows(inputs[0], config)
    depthwise = (*config["kernel_size"], channels, multiplier)
    pointwise = (1, 1, channels * multiplier, filters)
    weights = (depthwise, *_with_bias(config, pointwise))
    return Built((height, width, filters), weights, (), height * width * (prod(depthwise) + prod(pointwise)))


def dense(config: Config, inputs: Sequence[Shape]) -> Built:
    units, before = config["units"], inputs[0]
    kernel = (before[-1], units)
    return Built((*before[:-1], units), _with_bias(config, kernel), (), prod(before) * units)


def pooling(config: Config, inputs: Sequence[Shape]) -> Built:
    channels = image(inputs[0])[2]
    return Built((*windows(inputs[0], {**config, "kernel_size": config["pool_size"]}), channels))


def global_pooling(config: Config, inputs: Sequence[Shape]) -> Built:
    channels = image(inputs[0])[2]
    return Built((1, 1, channels) if config["keepdims"] else (channels,))


def batch_normalization(config: Config, inputs: Sequence[Shape]) -> Built:
    weight = (inputs[0][_place(config["axis"], inputs[0])],)
    return Built(inputs[0], (weight,) * (config["center"] + config["scale"]), (weight, weight), prod(inputs[0]))


def layer_normalization(config: Config, inputs: Sequence[Shape]) -> Built:
    axes = config["axis"] if isinstance(config["axis"], list) else [config["axis"]]
    places = [_place(axis, inputs[0]) for axis in axes]
    if len(set(places)) < len(places):
        raise Refused(f"names an axis twice in {axes}", "axis")
    weight = tuple(inputs[0][place] for place in places)
    return Built(inputs[0], (weight,) * (config["center"] + config["scale"]), (), prod(inputs[0]))


def group_normalization(config: Config, inputs: Sequence[Shape]) -> Built:
    channels = inputs[0][_place(config["axis"], inputs[0])]
    groups = channels if config["groups"] == -1 else config["groups"]
    if channels % groups:
        raise Refused(f"has {groups} groups, which must divide its {channels} channels", "groups")
    return Built(inputs[0], ((channels,),) * (config["center"] + config["scale"]), (), prod(inputs[0]))


def prelu(config: Config, inputs: Sequence[Shape]) -> Built:
    weight = list(inputs[0])
    for axis in config["shared_axes"] or []:
        weight[_place(axis, inputs[0])] = 1
    return Built(inputs[0], (tuple(weight),))


def softmax(config: Config, inputs: Sequence[Shape]) -> Built:
    for axis in config["axis"] if isinstance(config["axis"], list) else [config["axis"]]:
        _place(axis, inputs[0])
    return Built(inputs[0])


def _check_square(config: Config) -> None:
    if len(set(config["strides"])) > 1:
        raise Refused("has different strides for height and width, which TensorFlow can't compute: make them equal")


def _with_bias(config: Config, kernel: Shape, width: int | None = None) -> tuple[Shape, ...]:
    return (kernel, (width or kernel[-1],)) if config["use_bias"] else (kernel,)


def windows(shape: Shape, config: Config) -> tuple[int, int]:
    """Returns how many positions a window has vertically and horizontally."""
    strides = config["strides"] or config["kernel_size"]
    dilation = config.get("dilation_rate", [1, 1])
    if config["padding"] == "same":
        return -(-shape[0] // strides[0]), -(-shape[1] // strides[1])
    reach = [spread * (side - 1) + 1 for spread, side in zip(dilation, config["kernel_size"], strict=True)]
    if shape[0] < reach[0] or shape[1] < reach[1]:
        raise NoRoom(
            f"gets {size(shape)}, and with padding 'valid' its window of {size(reach)} does not fit into it: use "
            "padding 'same', fewer layers that shrink, or larger images"
        )
    return (shape[0] - reach[0]) // strides[0] + 1, (shape[1] - reach[1]) // strides[1] + 1


class NoRoom(Refused):
    """A window is larger than its input."""


def _place(axis: int, shape: Shape) -> int:
    """Returns the position of an axis in a shape without the batch."""
    place = axis - 1 if axis > 0 else len(shape) + axis
    if not 0 <= place < len(shape):
        raise Refused(f"gets {size(shape)}, which has no axis {axis}: the batch is axis 0", "axis")
    return place
