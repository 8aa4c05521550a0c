"""Writes a stack of Keras 3's layers as older versions of Keras wrote it, with the arguments that those had."""

from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]
Stack = list[tuple[str, Json]]
Dialect = Callable[[Stack, list[int]], Any]

GLOROT = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform"}}
ZEROS = {"class_name": "Zeros", "config": {}}
NULLS_2 = dict.fromkeys(("kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint"))

CLASSES_1 = {"Conv2D": "Convolution2D", "SeparableConv2D": "SeparableConvolution2D"}
NAMES_1 = {
    "filters": "nb_filter",
    "strides": "subsample",
    "padding": "border_mode",
    "use_bias": "bias",
    "units": "output_dim",
    "rate": "p",
    "stddev": "sigma",
}
KEPT_IN_1 = {"MaxPooling2D": ("strides",), "AveragePooling2D": ("strides",), "ZeroPadding2D": ("padding",)}
SPATIAL = ("Conv2D", "SeparableConv2D", "DepthwiseConv2D", "MaxPooling2D", "AveragePooling2D", "ZeroPadding2D")


def keras_1(stack: Stack, shape: list[int]) -> Json:
    """Keras 1.2: `Convolution2D`, `nb_filter`, `border_mode`, `dim_ordering`, and a list for a config."""
    layers = [_layer_1(*layer, f"layer_{number}") for number, layer in enumerate(stack)]
    layers[0]["config"] |= {"batch_input_shape": [None, *shape], "input_dtype": "float32"}
    return {"class_name": "Sequential", "keras_version": "1.2.2", "config": layers}


def keras_1_channels_first(stack: Stack, shape: list[int]) -> Json:
    """As for Theano: the channels before height and width, and normalized on axis 1."""
    model = keras_1(stack, [shape[2], *shape[:2]])
    for layer in model["config"]:
        layer["config"] |= {"dim_ordering": "th"} if "dim_ordering" in layer["config"] else {}
        layer["config"] |= {"axis": 1} if layer["class_name"] == "BatchNormalization" else {}
    return model


def keras_2_1(stack: Stack, shape: list[int]) -> Json:
    """Keras 2.1: today's names, and still a list for a config."""
    return {
        "class_name": "Sequential",
        "keras_version": "2.1.6",
        "backend": "tensorflow",
        "config": _layers_2(stack, shape),
    }


def keras_2_2(stack: Stack, shape: list[int]) -> Json:
    config = {"name": "sequential_1", "layers": _layers_2(stack, shape)}
    return {"class_name": "Sequential", "keras_version": "2.2.4", "backend": "tensorflow", "config": config}


def keras_2_3_functional(stack: Stack, shape: list[int]) -> Json:
    """Keras 2.3: a `Model` whose layers name their inputs in nested lists."""
    entries = [_input_2(shape)]
    for layer in _layers_2(stack, shape):
        del layer["config"]["trainable"]
        layer["config"].pop("batch_input_shape", None)
        entries.append({**layer, "name": layer["config"]["name"], "inbound_nodes": [[[entries[-1]["name"], 0, 0, {}]]]})
    ends = {"input_layers": [["input_1", 0, 0]], "output_layers": [[entries[-1]["name"], 0, 0]]}
    return {"class_name": "Model", "keras_version": "2.3.1", "config": {"name": "m", "layers": entries, **ends}}


def keras_2_15(stack: Stack, shape: list[int]) -> Json:
    """Keras 2.15: modules, an input layer, and precisions as objects."""
    policy = {"class_name": "Policy", "config": {"name": "float32"}}
    layers = [{**_input_2(shape), "module": "keras.layers", "registered_name": None}]
    for layer in _layers_2(stack, shape):
        layer["config"] |= {"dtype": policy}
        layer["config"].pop("batch_input_shape", None)
        layers.append(
            {**layer, "module": "keras.layers", "registered_name": None, "build_config": {"input_shape": None}}
        )
    del layers[0]["name"], layers[0]["inbound_nodes"]
    return {
        "module": "keras.src.engine.sequential",
        "class_name": "Sequential",
        "config": {"name": "sequential", "layers": layers},
        "registered_name": "Sequential",
        "keras_version": "2.15.0",
    }


def tensorflowjs(stack: Stack, shape: list[int]) -> Json:
    """model.json of a layers model."""
    topology = {"keras_version": "2.15.0", "model_config": keras_2_2(stack, shape)}
    return {"format": "layers-model", "modelTopology": topology, "weightsManifest": [{"paths": ["group1.bin"]}]}


def nested(stack: Stack, shape: list[int]) -> Json:
    """Keras 2.2: the first half of the layers is a model of its own."""
    layers, half = _layers_2(stack, shape), max(1, len(stack) // 2)
    inner = {"class_name": "Sequential", "config": {"name": "base", "layers": layers[:half]}}
    return {"class_name": "Sequential", "config": {"name": "whole", "layers": [inner, *layers[half:]]}}


DIALECTS: Mapping[str, Dialect] = {
    "Keras 1.2": keras_1,
    "Keras 1.2, channels first": keras_1_channels_first,
    "Keras 2.1": keras_2_1,
    "Keras 2.2": keras_2_2,
    "Keras 2.3 functional": keras_2_3_functional,
    "Keras 2.15": keras_2_15,
    "TensorFlow.js": tensorflowjs,
    "a model in a model": nested,
}


def _layer_1(class_name: str, config: Json, name: str) -> Json:
    kept = KEPT_IN_1.get(class_name, ())
    old = {key if key in kept else NAMES_1.get(key, key): value for key, value in config.items()}
    if "kernel_size" in old:
        old["nb_row"], old["nb_col"] = old.pop("kernel_size")
    if class_name in SPATIAL:
        old["dim_ordering"] = "tf"
    if class_name in ("Conv2D", "Dense"):
        weight = {"name": "L1L2Regularizer", "l1": 0.0, "l2": 0.0005}
        old |= {"init": "glorot_uniform", "W_regularizer": weight, "b_constraint": None, "activity_regularizer": None}
    if class_name == "BatchNormalization":
        old |= {"mode": 0, "gamma_regularizer": None}
    if class_name == "LeakyReLU":
        old = {"alpha": old["negative_slope"]}
    return {"class_name": CLASSES_1.get(class_name, class_name), "config": {"name": name, "trainable": True, **old}}


def _layers_2(stack: Stack, shape: list[int]) -> list[Json]:
    layers = [_layer_2(*layer, f"block{number}/layer") for number, layer in enumerate(stack)]
    layers[0]["config"]["batch_input_shape"] = [None, *shape]
    return layers


def _layer_2(class_name: str, config: Json, name: str) -> Json:
    old = dict(config)
    if class_name in ("Conv2D", "Dense"):
        old |= {"kernel_initializer": GLOROT, "bias_initializer": ZEROS, **NULLS_2}
    if class_name in ("SeparableConv2D", "DepthwiseConv2D"):
        old |= {"depthwise_initializer": GLOROT, "kernel_initializer": GLOROT, "groups": 1, **NULLS_2}
    if class_name in SPATIAL:
        old["data_format"] = "channels_last"
    if class_name == "BatchNormalization":
        old |= {
            "axis": [config.get("axis", -1)],
            "gamma_initializer": {"class_name": "OnesV2", "config": {"dtype": "float32"}},
        }
        class_name = "BatchNormalizationV1"
    if class_name == "LeakyReLU":
        old = {"alpha": {"type": "ndarray", "value": old["negative_slope"]}}
    return {"class_name": class_name, "config": {"name": name, "trainable": True, **old}}


def _input_2(shape: list[int]) -> Json:
    config = {"batch_input_shape": [None, *shape], "dtype": "float32", "sparse": False, "name": "input_1"}
    return {"class_name": "InputLayer", "config": config, "name": "input_1", "inbound_nodes": []}
