"""Networks of Keras 3, written as each older version wrote them, come back with the same layers."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.network import Network
from tests.support.models.networks import described
from tests.support.models.old_keras import DIALECTS, Stack

SHAPE = [16, 12, 3]
FIRST: Stack = [("Conv2D", {"filters": 2, "kernel_size": [3, 3]})]
END: Stack = [("Flatten", {}), ("Dense", {"units": 10, "activation": "softmax"})]

sides = st.sampled_from([[1, 1], [2, 2], [3, 3], [3, 2]])


def layers(class_name: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(class_name), st.fixed_dictionaries(arguments))


def windows(class_name: str, size: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    steps = st.sampled_from([[1, 1], [2, 2]])
    return layers(class_name, **{size: sides}, padding=st.just("same"), strides=steps, **arguments)


filters = st.integers(1, 8)
stacks = st.lists(
    windows(
        "Conv2D", "kernel_size", filters=filters, use_bias=st.booleans(), activation=st.sampled_from(["relu", "tanh"])
    )
    | windows("SeparableConv2D", "kernel_size", filters=filters, use_bias=st.booleans())
    | windows("MaxPooling2D", "pool_size")
    | windows("AveragePooling2D", "pool_size")
    | layers("BatchNormalization", momentum=st.floats(0.5, 0.99), epsilon=st.just(0.001))
    | layers("Dropout", rate=st.floats(0, 0.9))
    | layers("GaussianNoise", stddev=st.floats(0, 1))
    | layers("LeakyReLU", negative_slope=st.floats(0, 1))
    | layers("ZeroPadding2D", padding=st.just([[1, 1], [1, 1]]))
    | layers("Activation", activation=st.sampled_from(["relu", "elu", "sigmoid"])),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(stack=stacks)
def test_a_stack_comes_back_with_the_same_shapes_and_parameters(dialect: str, stack: Stack) -> None:
    stack = [*FIRST, *stack, *END]
    expected = described({"layers": [{"class_name": name, "config": config} for name, config in stack]}, SHAPE)

    network = described({"keras": DIALECTS[dialect](stack, SHAPE)}, SHAPE)

    assert outline(network) == outline(expected)


def outline(network: Network) -> list[tuple[str, list[int], int]]:
    return [(layer.class_name, layer.output_shape, layer.parameters) for layer in network.layers]


def test_a_network_of_keras_1_with_branches_and_channels_first_is_the_same_network() -> None:
    def conv(name: str, source: str) -> dict[str, Any]:
        config = {"nb_filter": 4, "nb_row": 3, "nb_col": 3, "border_mode": "same", "dim_ordering": "th"}
        return entry("Convolution2D", name, config, source)

    def entry(class_name: str, name: str, config: dict[str, Any], *sources: str) -> dict[str, Any]:
        nodes = [[[source, 0, 0] for source in sources]]
        return {"class_name": class_name, "config": {"name": name, **config}, "name": name, "inbound_nodes": nodes}

    image = entry("InputLayer", "image", {"batch_input_shape": [None, 3, 16, 12], "input_dtype": "float32"})
    layers = [
        image | {"inbound_nodes": []},
        conv("a", "image"),
        conv("b", "a"),
        entry("Merge", "sum", {"mode": "sum", "mode_type": "raw", "concat_axis": -1}, "a", "b"),
        entry("Merge", "both", {"mode": "concat", "mode_type": "raw", "concat_axis": 1}, "sum", "b"),
        entry("BatchNormalization", "norm", {"axis": 1, "mode": 0}, "both"),
        entry("GlobalAveragePooling2D", "mean", {"dim_ordering": "th"}, "norm"),
        entry("Dense", "end", {"output_dim": 10, "activation": "softmax"}, "mean"),
    ]
    config = {"name": "m", "layers": layers, "input_layers": [["image", 0, 0]], "output_layers": [["end", 0, 0]]}

    network = described({"keras": {"class_name": "Model", "config": config}}, SHAPE)

    assert outline(network) == [
        ("Conv2D", [16, 12, 4], 112),
        ("Conv2D", [16, 12, 4], 148),
        ("Add", [16, 12, 4], 0),
        ("Concatenate", [16, 12, 8], 0),
        ("BatchNormalization", [16, 12, 8], 32),
        ("GlobalAveragePooling2D", [8], 0),
        ("Dense", [10], 90),
    ]
