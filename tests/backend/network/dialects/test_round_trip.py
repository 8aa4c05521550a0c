"""Networks of Keras 3, written as each older version wrote them, come back with the same layers."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.network import Network
from tests.support.networks import described
from tests.support.old_keras import DIALECTS, Stack

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
