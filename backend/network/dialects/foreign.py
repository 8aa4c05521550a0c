"""Names JSON that is no model of Keras, and says what to do with it."""

from collections.abc import Callable, Mapping
from typing import Any

from backend.network.layers import KINDS, REASONS
from backend.phrases import quoted

TO_JSON = "Send what model.to_json() gives in Python"

Sign = Callable[[Any], bool]


def _has(*keys: str) -> Sign:
    return lambda value: isinstance(value, Mapping) and all(key in value for key in keys)


def _is_keras_0(value: Any) -> bool:
    layers = value.get("layers") if isinstance(value, Mapping) else None
    named = [item.get("name") for item in layers if isinstance(item, dict)] if isinstance(layers, list) else []
    return bool(named) and all(isinstance(name, str) and name[:1].isupper() for name in named)


def _is_history(value: Any) -> bool:
    if isinstance(value, Mapping) and isinstance(value.get("history"), Mapping):
        value = value["history"]  # of the object that fit() returns
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        value = {key: [number] for key, number in value[0].items()}  # a row for each epoch
    if not isinstance(value, Mapping) or not value:
        return False
    lists = [part for part in value.values() if isinstance(part, list)]
    numbers = all(isinstance(item, int | float) and not isinstance(item, bool) for part in lists for item in part)
    return len(lists) == len(value) and numbers and any(key in value for key in ("loss", "accuracy", "acc", "val_loss"))


def _is_class(*names: str) -> Sign:
    return lambda value: isinstance(value, Mapping) and value.get("class_name") in names


_OPTIMIZERS = ("Adam", "AdamW", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl", "Lion")

_AGAIN = "Build the network with keras.Sequential or keras.Model(inputs, outputs), and send its to_json()"
_LAYERS_MODEL = "It has no layers any more: convert the Keras model itself, as a layers model, or send its to_json()"
_GRAPH_0 = "a Graph of Keras 0.x, whose JSON even Keras reads no more"
_SPEC = "Choose it in the form, or send the whole spec to POST /api/runs"

SIGNS: list[tuple[Sign, str, str]] = [
    (_is_keras_0, "a model of Keras 0.x, whose JSON even Keras reads no more", "Write its layers as a list of layers"),
    (_has("node_config"), _GRAPH_0, _AGAIN),
    (_is_class("Graph"), _GRAPH_0, _AGAIN),
    (_has("nodes", "arg_nodes", "heads"), "a model of MXNet, whose layers are not Keras'", _AGAIN),
    (
        _has("node", "versions"),
        "a graph of TensorFlow operations, as TensorFlow.js stores a graph model",
        _LAYERS_MODEL,
    ),
    (_has("modelTopology"), "a model of TensorFlow.js without layers of Keras", _LAYERS_MODEL),
    (_has("nbformat", "cells"), "a Jupyter notebook", TO_JSON),
    (
        _has("images", "annotations"),
        "annotations of images in COCO's form",
        "A dataset is uploaded on the page Datasets",
    ),
    (_has("irVersion", "graph"), "a model of ONNX", TO_JSON),
    (_has("graph", "opsetImport"), "a model of ONNX", TO_JSON),
    (_has("keras_version", "date_saved"), "metadata.json of a .keras file", "Send config.json, which lies beside it"),
    (_has("architectures", "model_type"), "a configuration of Hugging Face Transformers", _AGAIN),
    (_is_class(*_OPTIMIZERS), "an optimizer, and no model", TO_JSON),
    (_has("optimizer_config"), "how a model was compiled, and not the model", TO_JSON),
    (_has("preset"), "a preset of this board", _SPEC),
    (_has("backbone"), "a backbone of this board", _SPEC),
    (_is_history, "the history of a training: a value for each epoch", TO_JSON),
]
"""What JSON may be instead: its sign, what it is, and what to do."""


def foreign(value: Any) -> str:
    """Returns the sentence about JSON that holds no model of Keras."""
    for is_it, what, advice in SIGNS:
        if is_it(value):
            return f"this is {what}. {advice}"
    if isinstance(value, dict) and isinstance(name := value.get("class_name"), str):
        return _foreign_class(name)
    return f"this is {_shape_of(value)}, and no model of Keras. {TO_JSON}"


def _foreign_class(name: str) -> str:
    if name in KINDS or name in REASONS:
        return f"this is one layer, {name}, and no model. {TO_JSON}, or a list of layers"
    label = quoted(name) if name.isprintable() else "a class with unprintable characters"
    return (
        f"this is an object of the class {label}; allowed are Sequential, Functional and Model, since a class of one's "
        f"own is Python code. {_AGAIN}"
    )


def _shape_of(value: Any) -> str:
    if isinstance(value, dict):
        keys = [str(key)[:30] for key in list(value)[:4] if str(key).isprintable()]
        return (
            f"an object with {', '.join(keys)}{', …' if len(value) > 4 else ''}" if keys else "an object without fields"
        )
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    return {str: "a text", bool: "a truth value", type(None): "null"}.get(type(value), "a number")
