"""Findings about a model for a dataset, and that each fix settles its finding."""

import json
import random
from contextlib import suppress
from typing import Any

import pytest

from backend.datasets.schemas import DatasetRead
from backend.errors import Invalid
from backend.model_files.architecture import Architecture
from backend.model_files.read import read_model
from backend.model_files.schemas import ModelFix, ModelRead
from backend.requests import bad_character
from tests.backend.network.test_junk import mutations
from tests.support.models.keras_json import functional, image, layer, tensor

SHAPES = DatasetRead(
    name="shapes",
    origin="upload",
    base="shapes",
    status="ready",
    classes=["circle", "square", "star"],
    image_shape=[32, 32, 3],
)

CONV = ("Conv2D", {"filters": 4, "kernel_size": [3, 3], "batch_input_shape": [None, 32, 32, 3]})
SOFTMAX = ("Dense", {"units": 3, "activation": "softmax"})
FLAT: tuple[str, dict[str, Any]] = ("Flatten", {})


def model(*layers: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A Sequential model as Keras 2.2 wrote it."""
    entries = [{"class_name": name, "config": {"name": f"l{n}", **config}} for n, (name, config) in enumerate(layers)]
    return {"class_name": "Sequential", "config": {"name": "s", "layers": entries}}


def read(value: Any) -> ModelRead:
    return read_model(Architecture(value), SHAPES)


def pressed(fix: ModelFix) -> ModelRead:
    """Returns what is read of the model that a fix makes."""
    changed = fix.changes["model"]
    return read(changed.get("keras") or changed)


def test_a_model_that_fits_needs_nothing() -> None:
    result = read(model(CONV, FLAT, SOFTMAX))

    assert result.model
    assert [layer["class_name"] for layer in result.model["layers"]] == ["Conv2D", "Flatten", "Dense"]
    assert (result.fixes, result.errors, result.outputs, result.input_shape) == ([], [], 3, [32, 32, 3])


@pytest.mark.parametrize(
    ("end", "text"),
    [
        ([("Dense", {"units": 1, "activation": "sigmoid"})], "The file ends with one sigmoid"),
        ([("Dense", {"units": 3, "activation": "sigmoid"})], "The file ends with three sigmoids"),
        ([("Dense", {"units": 3})], "The file ends with logits"),
        ([("Dense", {"units": 1, "activation": "linear"})], "The file ends with one number"),
        ([("Dense", {"units": 3, "activation": "tanh"})], "The file ends with the activation tanh"),
        ([("Dense", {"units": 3}), ("Activation", {"activation": "sigmoid"})], "The file ends with three sigmoids"),
        ([SOFTMAX, ("Reshape", {"target_shape": [3]})], "The file ends with Reshape, after its softmax"),
        ([], "The file ends with Flatten: features without a layer that tells classes apart"),
        ([("Dense", {"units": 10, "activation": "softmax"})], "The file has 10 classes, and shapes has 3"),
    ],
)  # fmt: skip
def test_another_end_is_reported_and_one_press_makes_it_a_softmax(end: list[Any], text: str) -> None:
    fixes = read(model(CONV, FLAT, *end)).fixes

    assert [fix.text.startswith(text) for fix in fixes] == [True]
    result = pressed(fixes[0])
    assert (result.fixes, result.errors, result.outputs) == ([], [], 3)


@pytest.mark.parametrize(
    ("scaling", "name"),
    [
        ([("Rescaling", {"scale": 1 / 255, "offset": 0.0})], "unit"),
        ([("Rescaling", {"scale": 1 / 127.5, "offset": -1})], "signed"),
        ([("Rescaling", {"scale": 1 / 255}), ("Normalization", {"axis": [-1], "mean": None})], "standard"),
        ([("Rescaling", {"scale": 0.5})], "unit"),
    ],
)
def test_a_first_rescaling_is_left_out_by_one_press(scaling: list[Any], name: str) -> None:
    result = read(model(*scaling, CONV, FLAT, SOFTMAX))

    assert [error.fixed for error in result.errors] == [True] * len(scaling)
    assert result.fixes[0].changes["preprocessing.scaling"] == name
    assert pressed(result.fixes[0]).errors == []


def test_operations_that_scale_are_left_out_as_a_rescaling_is() -> None:
    def operation(class_name: str, name: str, source: str, number: float) -> dict[str, Any]:
        entry = layer(class_name, {"name": name}, source) | {
            "module": "keras.src.ops.numpy",
            "registered_name": class_name,
        }
        return {**entry, "inbound_nodes": [{"args": [tensor(source), number], "kwargs": {}}]}

    value = functional(
        image((None, 32, 32, 3)),
        operation("TrueDivide", "divided", "image", 127.5),
        operation("Subtract", "centered", "divided", 1.0),
        layer("Flatten", {"name": "flat"}, "centered"),
        layer("Dense", {"name": "end", "units": 3, "activation": "softmax"}, "flat"),
    )

    (fix,) = read(value).fixes

    assert fix.changes["preprocessing.scaling"] == "signed"
    assert pressed(fix).errors == []


def test_augmentation_moves_into_the_spec_and_code_is_never_run() -> None:
    first: list[tuple[str, dict[str, Any]]] = [
        ("RandomFlip", {"mode": "horizontal"}),
        ("RandomRotation", {"factor": 0.1}),
        ("Lambda", {"function": "x" * 2_000}),
    ]
    result = read(model(*first, CONV, FLAT, SOFTMAX))

    assert result.model is None
    assert result.fixes[0].changes["augmentation"] == {"horizontal_flip": True, "rotation": 36.0}
    assert "Lambda is Python code, which is never run" in result.fixes[0].text
    assert pressed(result.fixes[0]).errors == []


def test_frozen_layers_are_reported_because_weights_stay_behind() -> None:
    frozen = ("Conv2D", {**CONV[1], "trainable": False})
    (fix,) = read(model(frozen, FLAT, SOFTMAX)).fixes

    assert fix.text.startswith("One layer is frozen")
    assert pressed(fix).fixes == []


def test_another_image_size_offers_a_version_of_the_dataset() -> None:
    conv = ("Conv2D", {**CONV[1], "batch_input_shape": [None, 64, 64, 1]})
    result = read(model(conv, FLAT, SOFTMAX))

    (fix,) = result.fixes
    assert fix.text.startswith("The file takes images of 64×64×1, and those of shapes are 32×32×3.")
    assert fix.version
    assert fix.version.model_dump() == {"dataset": "shapes", "image_size": 64, "color": "grayscale"}
    assert result.errors == []


def test_a_network_for_rows_of_values_gets_a_flatten_in_front() -> None:
    dense = ("Dense", {"units": 8, "batch_input_shape": [None, 784]})

    (fix,) = read(model(dense, SOFTMAX)).fixes

    assert fix.text == "The file takes 784 values in a row, and a run gives it images."
    assert pressed(fix).errors == []


def test_images_without_an_axis_for_channels_are_images() -> None:
    result = read(model(("Flatten", {"batch_input_shape": [None, 32, 32]}), SOFTMAX))

    assert (result.input_shape, result.fixes, result.errors) == ([32, 32, None], [], [])


def test_all_errors_are_reported_at_once_each_with_its_layer() -> None:
    result = read(model(
        ("Rescaling", {"scale": 1 / 255}),
        ("LSTM", {"units": 3}),
        ("Conv2D", {"filters": 0, "kernel_size": 3}),
        ("Dense", {"units": 1, "activation": "sigmoid"}),
    ))  # fmt: skip

    assert [(error.layer, error.fixed) for error in result.errors] == [("l0", True), ("l1", False), ("l2", False)]
    assert result.errors[2].loc == ["config", "layers", 2, "config", "filters"]
    assert len(result.fixes) == 2


def test_names_and_messages_are_shown_harmlessly() -> None:
    odd = "\u202ecod\x1be"
    value = model(CONV, ("Flatten", {"name": odd}), ("Dense", {"units": 3, "activation": odd}))

    result = read(value)

    assert [error.layer for error in result.errors] == ["l2"]
    assert all(bad_character(text) is None for text in (result.errors[0].msg, result.fixes[0].text))
    assert result.model is None


def test_a_hundred_thousand_layers_are_refused_quickly() -> None:
    with pytest.raises(Invalid, match="Must be a list of 1 to 300 layers; you gave a list of 100,000"):
        read(model(*[FLAT] * 100_000))


def test_the_history_of_a_training_is_named() -> None:
    with pytest.raises(Invalid, match="This is the history of a training"):
        read({"loss": [1.2], "val_loss": [1.3]})


def test_any_json_gives_a_model_or_messages() -> None:
    layers: list[tuple[str, dict[str, Any]]] = [("RandomFlip", {}), ("Rescaling", {"scale": 1}), CONV, FLAT]

    for broken in mutations(model(*layers, ("Dense", {"units": 1})), random.Random(4)):
        with suppress(Invalid):
            json.loads(read(broken).model_dump_json())
