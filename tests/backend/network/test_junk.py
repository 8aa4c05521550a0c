"""Any JSON sent as a network gives a network or error messages, and never another exception."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from backend.network import LAYERS, Impossible
from backend.network.layers import COMMON, KINDS
from tests.support.models.keras_json import functional, image, layer, residual, sequential
from tests.support.models.networks import LAST, SMALL, described, keras_layer, stack
from tests.support.models.old_keras import DIALECTS, Stack

JUNK: list[Any] = [None, True, -1, 0, 3, 2**50, 1.5, "", "x", "conv2d", [], [[]], [None, 1], {}, {"a": {}}, ["a", 0, 0]]


def mutations(value: Any, draw: random.Random) -> Iterator[Any]:
    """Yields copies of a JSON value, each with one place replaced, left out or doubled."""
    places = [path for path in paths(value) if path]
    for path in places:
        for junk in (*draw.sample(JUNK, 4), "out", "twice"):
            copied = copy.deepcopy(value)
            *parents, last = path
            inside = copied
            for key in parents:
                inside = inside[key]
            if junk == "out":
                del inside[last]
            elif junk == "twice" and isinstance(inside, list):
                inside.append(copy.deepcopy(inside[last]))
            else:
                inside[last] = junk
            yield copied


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*path, key))


RICH = functional(
    image(),
    layer(
        "SeparableConv2D",
        {
            "name": "a",
            "trainable": True,
            "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}},
            "filters": 4,
            "kernel_size": [3, 3],
            "strides": [1, 1],
            "padding": "same",
            "activation": {"module": "builtins", "class_name": "function", "config": "relu"},
            "pointwise_initializer": {
                "module": "keras.initializers",
                "class_name": "RandomNormal",
                "config": {"mean": 0.0, "stddev": 0.1, "seed": None},
            },
            "depthwise_constraint": {"class_name": "MaxNorm", "config": {"max_value": 2, "axis": [0, 1]}},
            "bias_regularizer": {"class_name": "L1L2", "config": {"l1": 0.1, "l2": 0.1}},
        },
        "image",
    ),
    layer("GroupNormalization", {"name": "g", "groups": 2, "axis": -1}, "a"),
    layer("LayerNormalization", {"name": "l", "axis": [3]}, "g"),
    layer("Concatenate", {"name": "c", "axis": -1}, "a", "l"),
    layer("Permute", {"name": "p", "dims": [2, 1, 3]}, "c"),
    layer("Reshape", {"name": "r", "target_shape": [-1, 8]}, "p"),
    layer("PReLU", {"name": "pr", "shared_axes": [1]}, "r"),
    layer("Flatten", {"name": "f"}, "pr"),
    layer("Dense", {"name": "end", "units": 10, "activation": "softmax"}, "f"),
)


STACKED = sequential(layer("Flatten", {"name": "f"}), layer("Dense", {"name": "d", **LAST["config"]}))


OLD_STACK: Stack = [
    ("Conv2D", {"filters": 2, "kernel_size": [3, 3]}),
    ("BatchNormalization", {}),
    ("Flatten", {}),
    ("Dense", {"units": 10, "activation": "softmax"}),
]
MODELS = {"residual": residual(), "rich": RICH, "stacked": STACKED} | {
    name: write(OLD_STACK, SMALL) for name, write in DIALECTS.items() if name in ("Keras 1.2", "a model in a model")
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_any_pasted_json_gives_a_network_or_messages(model: dict[str, Any]) -> None:
    described({"keras": model}, SMALL)

    for broken in mutations(model, random.Random(4)):
        try:
            described({"keras": broken}, SMALL)
        except (Impossible, ValidationError) as error:
            if isinstance(error, Impossible):
                assert_messages(error)


def assert_messages(error: Impossible) -> None:
    for field_error in error.errors:
        assert field_error.loc[0] == "model"
        assert 10 < len(field_error.msg) < 1_000
        assert "Traceback" not in field_error.msg
        json.dumps([field_error.loc, field_error.msg])


@pytest.mark.parametrize("name", LAYERS)
def test_arguments_of_any_kind_give_a_network_or_messages(name: str) -> None:
    for argument in {**COMMON, **KINDS[name].fields, "other": None}:
        for junk in JUNK:
            try:
                described(stack(keras_layer(name, **{"filters": 2, argument: junk})), SMALL)
                described(stack(keras_layer(name, **{argument: junk})), [4, 4, 3])
            except Impossible as error:
                assert_messages(error)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": float("nan")}, "infinite or NaN"),
        ({"a": "\0"}, "NUL character"),
        ({"\ud800": 1}, "half a character"),
        ({"a": 2**70}, "beyond"),
        ({"a": [[0] * 400] * 400}, "100,000 values"),
    ],
)
def test_what_a_database_cannot_keep_is_refused(value: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        described({"keras": value})


def test_deeply_nested_json_is_refused() -> None:
    nested: Any = {}
    for _ in range(500):
        nested = {"a": [nested]}

    with pytest.raises(ValidationError, match="nested deeper than the 30 levels"):
        described({"keras": nested})
