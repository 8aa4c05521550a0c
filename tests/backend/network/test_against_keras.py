"""Described networks against Keras itself: shapes, weights and defaults of every allowed layer."""

import inspect
import json
from typing import Any

import keras
import pytest

from backend.network import LAYERS, Network, describe
from backend.network.layers import COMMON, KINDS
from backend.network.names import automatic
from backend.network.objects import ACTIVATIONS, MATRICES
from backend.spec import KerasModel, LayerList, LayerSpec
from worker.training import networks

L = keras.layers
SHAPES = [(28, 28, 1), (9, 12, 3), (32, 32, 3)]

STACKS: list[list[tuple[str, dict[str, Any]]]] = [
    [("Conv2D", {"filters": 8, "kernel_size": 3})],
    [("Conv2D", {"filters": 8, "kernel_size": [3, 5], "strides": [2, 3], "padding": "same", "use_bias": False})],
    [("Conv2D", {"filters": 6, "kernel_size": 3, "strides": 2})],
    [("Conv2D", {"filters": 6, "kernel_size": [1, 3], "dilation_rate": 2})],
    [("Conv2D", {"filters": 6, "kernel_size": 2, "dilation_rate": [3, 1], "padding": "same"})],
    [("Conv2D", {"filters": 6, "kernel_size": 1}), ("Conv2D", {"filters": 9, "kernel_size": 3, "groups": 3})],
    [("SeparableConv2D", {"filters": 5, "kernel_size": 3, "depth_multiplier": 2, "strides": 2})],
    [("SeparableConv2D", {"filters": 5, "kernel_size": [3, 2], "padding": "same", "use_bias": False})],
    [("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 3, "padding": "same"})],
    [("DepthwiseConv2D", {"kernel_size": [2, 4], "strides": 2, "use_bias": False})],
    [("DepthwiseConv2D", {"kernel_size": 3, "strides": 2, "dilation_rate": 2})],
    [("MaxPooling2D", {})],
    [("MaxPooling2D", {"pool_size": 3, "strides": 1, "padding": "same"})],
    [("MaxPooling2D", {"pool_size": [2, 3], "strides": [3, 2]})],
    [("AveragePooling2D", {"pool_size": [3, 2], "padding": "same"})],
    [("AveragePooling2D", {"pool_size": 2, "strides": 3})],
    [("GlobalAveragePooling2D", {})],
    [("GlobalAveragePooling2D", {"keepdims": True}), ("Dense", {"units": 4})],
    [("GlobalMaxPooling2D", {"keepdims": True})],
    [("Conv2D", {"filters": 8, "kernel_size": 3}), ("BatchNormalization", {})],
    [("BatchNormalization", {"axis": 3, "center": False, "momentum": 0.9})],
    [("BatchNormalization", {"axis": 1, "scale": False})],
    [("LayerNormalization", {})],
    [("LayerNormalization", {"axis": [1, -1], "center": False})],
    [("Conv2D", {"filters": 8, "kernel_size": 3}), ("GroupNormalization", {"groups": 4})],
    [("Conv2D", {"filters": 8, "kernel_size": 3}), ("GroupNormalization", {"groups": -1, "scale": False})],
    [("Dense", {"units": 7, "use_bias": False}), ("Dropout", {"rate": 0.3})],
    [("SpatialDropout2D", {"rate": 0.2}), ("GaussianNoise", {"stddev": 0.1}), ("GaussianDropout", {"rate": 0.1})],
    [("Activation", {"activation": "gelu"}), ("ReLU", {"max_value": 6.0}), ("LeakyReLU", {"negative_slope": 0.1})],
    [("ELU", {}), ("Softmax", {}), ("Identity", {}), ("PReLU", {})],
    [("PReLU", {"shared_axes": [1, 2]}), ("LeakyReLU", {})],
    [("ZeroPadding2D", {}), ("Cropping2D", {"cropping": [[1, 2], [0, 3]]})],
    [("ZeroPadding2D", {"padding": [2, 1]}), ("Cropping2D", {"cropping": 1})],
    [("UpSampling2D", {}), ("UpSampling2D", {"size": [1, 3], "interpolation": "bilinear"})],
    [("Resizing", {"height": 12, "width": 9}), ("Resizing", {"height": 5, "width": 5, "interpolation": "bicubic"})],
    [("Reshape", {"target_shape": [-1, 4]}), ("Permute", {"dims": [2, 1]})],
    [("Permute", {"dims": [3, 1, 2]}), ("Reshape", {"target_shape": [-1]})],
]


def with_output(layers: list[tuple[str, dict[str, Any]]]) -> LayerList:
    """Returns the layers, followed by the softmax that every network must end with."""
    end: list[tuple[str, dict[str, Any]]] = [("Flatten", {}), ("Dense", {"units": 10, "activation": "softmax"})]
    return LayerList(layers=[LayerSpec(class_name=name, config=config) for name, config in [*layers, *end]])


def assert_equal(network: Network, model: keras.Model) -> None:
    kept = [layer for layer in model.layers if not isinstance(layer, L.InputLayer)]
    assert [layer.name for layer in network.layers] == [layer.name for layer in kept]
    for described, layer in zip(network.layers, kept, strict=True):
        assert described.class_name == type(layer).__name__
        assert tuple(described.output_shape) == tuple(layer._inbound_nodes[-1].outputs[0].shape[1:]), described
        assert described.parameters == layer.count_params(), described
        assert described.trainable == sum(int(keras.ops.size(weight)) for weight in layer.trainable_weights), described
    assert network.parameters == model.count_params()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("layers", STACKS, ids=lambda layers: "-".join(name for name, _ in layers))
def test_a_stack_is_what_keras_makes_of_it(layers: list[tuple[str, dict[str, Any]]], shape: tuple[int, ...]) -> None:
    model = with_output(layers)

    assert_equal(describe(model, shape, 10), networks.build(model, shape, 10))


def test_every_allowed_layer_is_compared() -> None:
    stacked = {name for layers in STACKS for name, _ in layers} | {"Flatten", "Dense"}
    merging = {name for name, kind in KINDS.items() if kind.merges}

    assert stacked | merging == set(LAYERS)


@pytest.mark.parametrize("name", LAYERS)
def test_defaults_are_keras_own(name: str) -> None:
    """An argument that a config leaves out must mean the same in a spec and in Keras."""
    signature = inspect.signature(getattr(L, name).__init__).parameters

    for argument, field in KINDS[name].fields.items():
        default = signature[argument].default if argument in signature else None
        if not field.kept or argument in COMMON:
            continue
        assert argument in signature, argument
        if argument.endswith("_initializer"):
            assert type(keras.initializers.get(default)).__name__ == field.default
        elif isinstance(default, tuple) or isinstance(field.default, list):
            assert same_default(default, field.default), argument
        elif default is inspect.Parameter.empty:
            assert not isinstance(field.default, str | int | float | list)
        else:
            assert default == field.default or (argument, default) == ("activation", None), argument


def same_default(default: Any, own: Any) -> bool:
    """Compares Keras' tuples with lists; a number of ZeroPadding2D stands for a pair."""
    as_lists = json.loads(json.dumps(default))
    return bool(as_lists == own or [[side, side] for side in as_lists] == own)


@pytest.mark.parametrize("name", LAYERS)
def test_names_are_those_of_a_fresh_process(name: str) -> None:
    keras.utils.clear_session(free_memory=False)

    layer = getattr(L, name)(**ARGUMENTS.get(name, {}))

    assert automatic(name, []) == layer.name


ARGUMENTS: dict[str, dict[str, Any]] = {
    name: config for layers in STACKS for name, config in layers if name not in ("Reshape", "Permute")
} | {"Reshape": {"target_shape": (1,)}, "Permute": {"dims": (1,)}, "Dense": {"units": 1}}


def test_activations_and_initializers_are_keras_own() -> None:
    for name in ACTIVATIONS:
        assert keras.activations.serialize(keras.activations.get(name)) in ACTIVATIONS
    for name in set(MATRICES) - {"Constant"}:  # which has no default
        assert type(keras.initializers.get(name)).__name__ == name


def residual() -> keras.Model:
    image = keras.Input((32, 32, 3))
    x = L.Conv2D(8, 3, padding="same", activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3))(image)
    for strides in (1, 2):
        y = L.BatchNormalization()(L.Conv2D(8, 3, strides=strides, padding="same", use_bias=False)(x))
        shortcut = x if strides == 1 else L.Conv2D(8, 1, strides=2)(x)
        x = L.Activation("relu")(L.Add()([y, shortcut]))
    x = L.Dropout(0.2)(L.GlobalAveragePooling2D()(x))
    return keras.Model(image, L.Dense(10, activation="softmax")(x))


def squeeze_and_excite() -> keras.Model:
    image = keras.Input((32, 32, 3), batch_size=32, name="image")
    x = L.LeakyReLU()(L.SeparableConv2D(16, 3)(image))
    weight = L.Dense(16, activation="sigmoid")(L.Dense(4, activation="relu")(L.GlobalAveragePooling2D()(x)))
    x = L.Multiply()([x, weight])
    x = L.Concatenate()([L.MaxPooling2D()(x), L.AveragePooling2D(2)(x)])
    x = L.GlobalMaxPooling2D()(x)
    return keras.Model(image, L.Softmax()(L.Dense(10)(x)), name="squeeze")


def shared() -> keras.Model:
    image = keras.Input((32, 32, 3))
    x = L.Conv2D(4, 3, padding="same")(image)
    again = L.Conv2D(4, 3, padding="same", kernel_constraint=keras.constraints.MaxNorm(2))
    x = again(L.Subtract()([again(L.Average()([again(x), x])), L.Maximum()([x, L.Minimum()([x, x])])]))
    return keras.Model(image, L.Dense(10, activation="softmax")(L.Flatten()(x)))


def sequential() -> keras.Model:
    end = [L.Flatten(), L.Dense(10), L.Activation("softmax")]
    return keras.Sequential([keras.Input((32, 32, 3)), L.Conv2D(4, 3, kernel_initializer="he_normal"), *end])


@pytest.mark.parametrize("make", [residual, squeeze_and_excite, shared, sequential])
def test_what_to_json_gives_is_read_as_keras_reads_it(make: Any) -> None:
    model = make()
    model.compile("adam", "categorical_crossentropy")
    read = KerasModel(keras=json.loads(model.to_json()))

    network = describe(read, [32, 32, 3], 10)
    built = networks.build(read, [32, 32, 3], 10)

    assert_equal(network, built)
    assert network.parameters == model.count_params()
    assert network.name == model.name
    assert built.input_shape == (None, 32, 32, 3)
    assert [weight.shape for weight in built.weights] == [weight.shape for weight in model.weights]


def test_the_same_seed_gives_the_weights_that_keras_gives() -> None:
    model = residual()
    read = KerasModel(keras=json.loads(model.to_json()))

    keras.utils.set_random_seed(3)
    by_keras = keras.models.model_from_json(model.to_json())
    keras.utils.set_random_seed(3)
    by_spec = networks.build(read, [32, 32, 3], 10)

    for weight, expected in zip(by_spec.weights, by_keras.weights, strict=True):
        assert bool(keras.ops.all(weight == expected)), weight.path
