"""The presets as lists of layers, and what is wrong with one whose images end too early."""

from collections.abc import Iterator
from typing import Any

from backend.network.errors import Impossible, impossible
from backend.network.phrases import counted, size
from backend.network.plan import Draft, Plan, draft, stacked
from backend.network.shapes import Shape
from backend.spec import StridedCnn, Vgg

KERNEL = 3
POOL = 2
STRIDES = 2
POOLINGS = {"max": "MaxPooling2D", "average": "AveragePooling2D"}

Part = tuple[str, dict[str, Any], str]
"""Class, arguments, and what sentences call it."""


def plan(model: StridedCnn | Vgg, classes: int) -> Plan:
    convolutions = _strided(model) if isinstance(model, StridedCnn) else _blocks(model)
    parts = [*convolutions, *_dense(model, classes)]
    return stacked(model.preset, [draft(name, config, noun, _loc(model)) for name, config, noun in parts])


def nothing_left(model: StridedCnn | Vgg, stuck: Draft, gets: Shape, image: Shape) -> Impossible:
    """Why `stuck` finds no place in what it `gets`."""
    if "Pooling" in stuck.class_name and isinstance(model, Vgg):
        number = int(stuck.noun.rpartition(" ")[2])
        leave = f"{counted(number, 'pooling')} leave{'s' if number == 1 else ''} nothing of {size(image[:2])}"
        return impossible(f"{leave}: {_fewer(number - 1, 'block')}", *_loc(model))
    number = int(stuck.noun.split()[1])
    fewer = _fewer(number - 1, "convolution") if isinstance(model, StridedCnn) else "use fewer blocks"
    return impossible(
        f"{stuck.noun} gets {size(gets[:2])} of the {size(image[:2])} pixels, and with padding 'valid' its "
        f"{KERNEL}×{KERNEL} filter finds no place in them: {fewer}, or padding 'same'",
        *_loc(model),
    )


def _fewer(most: int, noun: str) -> str:
    return f"use at most {counted(most, noun)}" if most else "use larger images"


def _loc(model: StridedCnn | Vgg) -> list[str | int]:
    return ["model", "options", "filters" if isinstance(model, StridedCnn) else "blocks"]


def _strided(model: StridedCnn) -> Iterator[Part]:
    for number, filters in enumerate(model.options.filters, start=1):
        yield from _convolution(model, filters, model.options.padding, STRIDES, f"convolution {number}")


def _blocks(model: Vgg) -> Iterator[Part]:
    options = model.options
    left = sum(map(len, options.blocks))
    for number, block in enumerate(options.blocks, start=1):
        for place, filters in enumerate(block, start=1):
            left -= 1
            padding = options.padding if options.padding != "last_valid" else ("same" if left else "valid")
            strides = STRIDES if options.pooling == "strides" and place == len(block) else 1
            yield from _convolution(model, filters, padding, strides, f"convolution {place} of block {number}")
        if options.pooling in POOLINGS:
            yield POOLINGS[options.pooling], {"pool_size": POOL}, f"pooling {number}"
        yield from _dropout(options.block_dropout)


def _convolution(model: StridedCnn | Vgg, filters: int, padding: str, strides: int, noun: str) -> Iterator[Part]:
    config = {"filters": filters, "kernel_size": KERNEL, "strides": strides, "padding": padding}
    yield "Conv2D", {**config, "activation": model.options.activation, **_regularized(model)}, noun
    if model.options.batch_normalization:
        yield "BatchNormalization", {}, "batch normalisation"


def _dense(model: StridedCnn | Vgg, classes: int) -> Iterator[Part]:
    options = model.options
    yield "Flatten", {}, "flattening"
    yield from _dropout(options.flatten_dropout)
    for units in options.dense_units:
        yield (
            "Dense",
            {"units": units, "activation": options.activation, **_regularized(model)},
            f"the dense layer of {units}",
        )
        yield from _dropout(options.dense_dropout)
    yield "Dense", {"units": classes, "activation": "softmax"}, "the last layer"


def _dropout(rate: float) -> Iterator[Part]:
    if rate:
        yield "Dropout", {"rate": rate}, "dropout"


def _regularized(model: StridedCnn | Vgg) -> dict[str, Any]:
    factors = {name: value for name in ("l1", "l2") if (value := getattr(model.options, name))}
    if not factors:
        return {}
    return {"kernel_regularizer": {"class_name": "".join(factors).upper(), "config": factors}}
