"""Shape rules of layers without weights: those that rearrange values, and those that join several inputs."""

from collections.abc import Sequence
from math import prod

from backend.network.errors import Refused
from backend.network.shapes import Built, Config, Shape, image
from backend.phrases import counted, size


def flatten(_config: Config, inputs: Sequence[Shape]) -> Built:
    return Built((prod(inputs[0]),))


def reshape(config: Config, inputs: Sequence[Shape]) -> Built:
    target, values = config["target_shape"], prod(inputs[0])
    known = prod(side for side in target if side != -1)
    if target.count(-1) > 1 or values % known or (known != values and -1 not in target):
        raise Refused(
            f"gets {size(inputs[0])}, which are {values:,} values, and can't make {size(target)} of them",
            "target_shape",
        )
    return Built(tuple(values // known if side == -1 else side for side in target))


def permute(config: Config, inputs: Sequence[Shape]) -> Built:
    dims = config["dims"]
    if sorted(dims) != list(range(1, len(inputs[0]) + 1)):
        raise Refused(f"gets {size(inputs[0])}, so dims must hold each number from 1 to {len(inputs[0])} once", "dims")
    return Built(tuple(inputs[0][dim - 1] for dim in dims))


def zero_padding2d(config: Config, inputs: Sequence[Shape]) -> Built:
    height, width, channels = image(inputs[0])
    (top, bottom), (left, right) = config["padding"]
    return Built((height + top + bottom, width + left + right, channels))


def cropping2d(config: Config, inputs: Sequence[Shape]) -> Built:
    height, width, channels = image(inputs[0])
    (top, bottom), (left, right) = config["cropping"]
    left_over = (height - top - bottom, width - left - right)
    if min(left_over) < 1:
        raise Refused(f"gets {size(inputs[0])} and would crop all of it: crop less", "cropping")
    return Built((*left_over, channels))


def up_sampling2d(config: Config, inputs: Sequence[Shape]) -> Built:
    height, width, channels = image(inputs[0])
    return Built((height * config["size"][0], width * config["size"][1], channels))


def resizing(config: Config, inputs: Sequence[Shape]) -> Built:
    if config["crop_to_aspect_ratio"] and config["pad_to_aspect_ratio"]:
        raise Refused("crops and pads to keep the aspect ratio, and Keras takes only one of them: set one to false")
    return Built((config["height"], config["width"], image(inputs[0])[2]))


def merge(_config: Config, inputs: Sequence[Shape]) -> Built:
    """The rule of element-wise layers, with NumPy's broadcasting."""
    _at_least_two(inputs)
    output = inputs[0]
    for shape in inputs[1:]:
        output = _broadcast(output, shape, inputs)
    return Built(output)


def subtract(config: Config, inputs: Sequence[Shape]) -> Built:
    if len(inputs) != 2:
        raise Refused(f"gets {counted(len(inputs), 'input')} and takes two")
    return merge(config, inputs)


def concatenate(config: Config, inputs: Sequence[Shape]) -> Built:
    _at_least_two(inputs)
    axis, first = config["axis"], inputs[0]
    place = axis - 1 if axis > 0 else len(first) + axis
    rests = {(*shape[:place], 0, *shape[place + 1 :]) for shape in inputs}
    if not 0 <= place < len(first) or len(rests) > 1:
        raise Refused(f"gets {_all(inputs)}, which differ elsewhere than in axis {axis}: make the other axes equal")
    return Built((*first[:place], sum(shape[place] for shape in inputs), *first[place + 1 :]))


def _at_least_two(inputs: Sequence[Shape]) -> None:
    if len(inputs) < 2:
        raise Refused("gets one input and takes two or more")


def _broadcast(first: Shape, second: Shape, inputs: Sequence[Shape]) -> Shape:
    longer, shorter = (first, second) if len(first) >= len(second) else (second, first)
    shorter = (1,) * (len(longer) - len(shorter)) + shorter
    if any(a != b and 1 not in (a, b) for a, b in zip(longer, shorter, strict=True)):
        raise Refused(f"gets {_all(inputs)}, which don't fit each other: make their shapes equal")
    return tuple(b if a == 1 else a for a, b in zip(longer, shorter, strict=True))


def _all(inputs: Sequence[Shape]) -> str:
    return " and ".join(map(size, inputs))
