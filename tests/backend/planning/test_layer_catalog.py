"""The catalog offers each layer of a stack with the arguments that its constructor takes, and Keras' defaults."""

from typing import Any

from backend.network.layers import KINDS
from backend.planning.catalog import catalog
from backend.planning.catalog_schemas import LayerChoice
from tests.support.models.networks import described, keras_layer, stack

OFFERED: dict[str, LayerChoice] = {choice.name: choice for choice in catalog().layer_choices}
START: dict[str, Any] = {
    "filters": 4,
    "kernel_size": 3,
    "pool_size": 2,
    "units": 4,
    "rate": 0.5,
    "stddev": 0.1,
    "activation": "relu",
    "target_shape": [-1],
    "height": 8,
    "width": 8,
    "dims": [2, 1, 3],
}


def test_every_layer_that_takes_one_input_is_offered_once() -> None:
    assert sorted(OFFERED) == sorted(name for name, kind in KINDS.items() if not kind.merges)
    assert len(OFFERED) == len(catalog().layer_choices)


def test_common_arguments_are_marked_and_required_ones_have_no_default() -> None:
    arguments = {argument.name: argument for argument in OFFERED["Conv2D"].arguments}

    assert [name for name, argument in arguments.items() if argument.common] == [
        *("filters", "kernel_size", "strides", "padding", "groups", "activation"),
    ]
    assert [name for name, argument in arguments.items() if argument.default is None and not argument.nullable] == [
        *("filters", "kernel_size"),
    ]
    strides, bias = arguments["strides"], arguments["kernel_regularizer"]
    assert (strides.type, strides.takes_one, strides.min_length, strides.default) == ("list", True, 2, [1, 1])
    assert (bias.type, bias.objects, bias.nullable) == ("object", "regularizer", True)
    assert "data_format" not in arguments


def test_each_offered_layer_can_be_built_with_all_defaults_written_out() -> None:
    for name, choice in OFFERED.items():
        config = {argument.name: argument.default for argument in choice.arguments}
        required = {key: START[key] for key, value in config.items() if key in START and value is None}
        layer = keras_layer(name, **{**config, **required, **({"groups": 1} if name == "GroupNormalization" else {})})

        built = described(stack(layer)).layers[0]

        assert built.class_name == name
        assert set(built.config) <= {"name", *required, "groups"}


def test_each_object_is_offered_with_its_own_arguments() -> None:
    objects = catalog().layer_objects

    assert [choice.name for choice in objects["regularizer"]] == ["L1", "L2", "L1L2"]
    assert [option.name for option in objects["regularizer"][2].options] == ["l1", "l2"]
    for argument in [argument for choice in OFFERED.values() for argument in choice.arguments]:
        assert argument.type != "object" or argument.objects in objects
