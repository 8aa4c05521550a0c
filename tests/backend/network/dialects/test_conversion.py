"""Single translations, models in a model, and what is no model of Keras."""

import json
from typing import Any

import pytest

from backend.network.dialects import to_keras_3
from backend.network.errors import Impossible
from tests.support.models.keras_json import functional, image, layer, tensor
from tests.support.models.networks import SMALL, described, refused

ROOT: list[str | int] = ["model", "keras"]
END = {"name": "end", "units": 10, "activation": "softmax"}


def stacked(*layers: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A Sequential model as Keras 2.2 wrote it."""
    entries = [{"class_name": name, "config": {"name": f"l{n}", **config}} for n, (name, config) in enumerate(layers)]
    return {"class_name": "Sequential", "config": {"name": "s", "layers": entries}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("Convolution2D", {"nb_filter": 4, "nb_row": 3, "nb_col": 2}), {"filters": 4, "kernel_size": [3, 2]}),
        (("AtrousConvolution2D", {"nb_filter": 4, "atrous_rate": [2, 2]}), {"filters": 4, "dilation_rate": [2, 2]}),
        (("BatchNormalizationV1", {"axis": [3], "virtual_batch_size": None}), {"axis": 3}),
        (("DepthwiseConv2D", {"kernel_size": [3, 3], "groups": 1}), {"kernel_size": [3, 3]}),
        (("LeakyReLU", {"alpha": {"type": "ndarray", "value": 0.1}}), {"negative_slope": 0.1}),
        (("ThresholdedReLU", {"theta": 1.0}), {"threshold": 1.0}),
        (("ZeroPadding2D", {"padding": [1, 2, 3, 4]}), {"padding": [[1, 2], [3, 4]]}),
        (("Flatten", {"dim_ordering": "tf"}), {"data_format": "channels_last"}),
        (("Dense", {"output_dim": 3, "init": "uniform"}), {"units": 3, "kernel_initializer": "RandomUniform"}),
        (("Dense", {"kernel_initializer": {"class_name": "VarianceScalingV2", "config": {"distribution": "normal"}}}),
         {"kernel_initializer": {"class_name": "VarianceScaling", "config": {"distribution": "truncated_normal"}}}),
        (("Dense", {"bias_initializer": {"class_name": "Zeros", "config": {"dtype": "float32"}}}),
         {"bias_initializer": {"class_name": "Zeros", "config": {}}}),
        (("Dense", {"units": 3, "W_constraint": {"name": "MaxNorm", "m": 2, "axis": 0}}),
         {"units": 3, "kernel_constraint": {"class_name": "MaxNorm", "config": {"max_value": 2, "axis": 0}}}),
        (("Dropout", {"p": 0.5, "dtype": {"class_name": "Policy", "config": {"name": "float64"}}}), {"rate": 0.5}),
        (("Conv2D", {"strides": {"class_name": "__tuple__", "items": [3, 3]}}), {"strides": [3, 3]}),
    ],
)  # fmt: skip
def test_a_layer_gets_the_names_of_keras_3(old: tuple[str, dict[str, Any]], new: dict[str, Any]) -> None:
    translated = to_keras_3(stacked(old), ROOT)

    assert translated.json["config"]["layers"][0]["config"] == {"name": "l0", **new}


def test_renamed_arguments_are_listed() -> None:
    translated = to_keras_3(stacked(("Dense", {"output_dim": 3}), ("LeakyReLU", {"alpha": 0.1})), ROOT)

    assert translated.notes == [
        "Old names were replaced by those of Keras 3: output_dim → units, alpha → negative_slope."
    ]
    assert translated.dialect == "Keras 1"


def test_all_errors_are_reported_at_their_places_under_the_names_that_were_sent() -> None:
    model = {"class_name": "Sequential", "config": [
        {"class_name": "Lambda", "config": {"name": "code"}},
        {"class_name": "Convolution2D", "config": {"name": "conv", "nb_filter": 0, "nb_row": 3, "nb_col": 3}},
        {"class_name": "Dense", "config": END},
    ]}  # fmt: skip

    places = [place for place, _ in refused({"keras": {"modelTopology": {"model_config": model}}}, SMALL)]

    inside = "model.keras.modelTopology.model_config.config"
    assert places == [f"{inside}.0.class_name", f"{inside}.1.config.nb_filter"]


def test_a_model_that_is_used_twice_shares_its_weights() -> None:
    inner = functional(image(), layer("Dense", {"name": "dense", "units": 4}, "image"), end="dense")
    base = {**inner, "name": "base", "inbound_nodes": [{"args": [tensor("flat")]}, {"args": [tensor("base", 1)]}]}
    end = layer("Dense", END, "base")
    end["inbound_nodes"] = [{"args": [tensor("base", 2)], "kwargs": {}}]
    flat = layer("Flatten", {"name": "flat"}, "image")
    reshaped = {**base, "config": {**base["config"], "name": "base"}}

    network = described({"keras": functional(image((None, 2, 2, 1)), flat, reshaped, end)}, [2, 2, 1])

    assert [(layer.name, layer.parameters) for layer in network.layers] == [("flat", 0), ("dense", 20), ("end", 50)]
    assert len(network.calls) == 4


def test_a_name_inside_a_model_that_is_taken_outside_gets_the_models_name() -> None:
    inner = stacked(("Flatten", {"name": "end"}))
    inner["config"]["name"] = "base"
    outer = stacked(("Dense", {"units": 4}))
    outer["config"]["layers"] += [inner, {"class_name": "Dense", "config": END}]

    names = [layer["config"]["name"] for layer in to_keras_3(outer, ROOT).json["config"]["layers"]]

    assert names == ["image", "l0", "base_end", "end"]


def test_names_that_keras_3_does_not_take_are_changed_everywhere() -> None:
    odd = "block1/conv\u202e\x07"
    conv = layer("Conv2D", {"name": odd, "filters": 2, "kernel_size": 3}, "image")
    flat = layer("Flatten", {"name": "flat"}, odd)

    model = to_keras_3(functional(image(), conv, flat, layer("Dense", END, "flat")), ROOT).json

    assert model["config"]["layers"][1]["name"] == "block1_conv__"
    assert described({"keras": model}, SMALL).layers[0].name == "block1_conv__"


def test_long_names_that_become_the_same_get_numbers() -> None:
    names = ["a" * 125 + end for end in ("///", "::/", "//:")]
    model = stacked(*(("Flatten", {"name": name}) for name in names))

    layers = to_keras_3(model, ROOT).json["config"]["layers"]

    assert [layer["config"]["name"][118:] for layer in layers] == ["a" * 7 + "___", "aa_1", "aa_2"]


def test_a_sum_of_tensors_is_the_layer_add() -> None:
    conv = layer("Conv2D", {"name": "a", "filters": 1, "kernel_size": 3, "padding": "same"}, "image")
    added = layer("Add", {"name": "add"}, "a", "image") | {"module": "keras.src.ops.numpy", "registered_name": "Add"}
    added["inbound_nodes"] = [{"args": [tensor("a"), tensor("image")], "kwargs": {}}]
    model = functional(image(), conv, added, layer("Flatten", {"name": "f"}, "add"), layer("Dense", END, "f"))

    assert [layer.class_name for layer in described({"keras": model}, SMALL).layers][1] == "Add"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"layers": [{"name": "Convolution2D", "nb_filter": 32}], "name": "Sequential"}, "a model of Keras 0.x"),
        ({"loss": [1.2, 0.8], "val_loss": [1.3, 1.0]}, "the history of a training"),
        ({"history": {"loss": [1.2]}, "params": {"epochs": 1}}, "the history of a training"),
        ([{"epoch": 1, "loss": 1.2}], "the history of a training"),
        ({"nodes": [], "arg_nodes": [], "heads": []}, "a model of MXNet"),
        ({"modelTopology": {"node": [], "library": {}, "versions": {}}}, "a graph of TensorFlow operations"),
        ({"class_name": "Dense", "config": {}}, "this is one layer, Dense, and no model"),
        ({"class_name": "Adam", "config": {}}, "an optimizer, and no model"),
        ({"class_name": "MyNet", "config": {}}, 'the class "MyNet"'),
        ({"cells": [], "nbformat": 4}, "a Jupyter notebook"),
        ({"a": 1, "b": 2}, "an object with a, b, and no model of Keras"),
        ([], "a list of 0"),
        (None, "this is null"),
        ("[" * 400 + "]" * 400, "this is a text, and no model of Keras"),
        ('{"class_name": ', "this is a text, and no model of Keras"),
    ],
)
def test_other_json_is_named(value: Any, sentence: str) -> None:
    with pytest.raises(Impossible, match=sentence):
        to_keras_3(value, ROOT)


LAYERS = [{"class_name": "Flatten", "config": {"name": "f"}}]


@pytest.mark.parametrize(
    "sent",
    [
        LAYERS,
        {"name": "s", "layers": LAYERS},
        {"config": {"layers": LAYERS}},
        {"model_config": json.dumps({"class_name": "Sequential", "config": LAYERS})},
        json.dumps(json.dumps({"class_name": "Sequential", "config": LAYERS})),
    ],
    ids=["a list", "get_config()", "in a config", "in a string of an object", "a string in a string"],
)
def test_a_model_is_found_in_its_wrappers(sent: Any) -> None:
    assert to_keras_3(sent, ROOT).json["config"]["layers"][0]["class_name"] == "Flatten"
