"""Networks pasted as Keras' JSON: read as Keras reads them, or refused at their place."""

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from tests.support.models.keras_json import functional, image, layer, residual, sequential, tensor
from tests.support.models.networks import FLAT, LAST, SMALL, described, refused


def changed(model: dict[str, Any], number: int, **changes: Any) -> dict[str, Any]:
    copied = copy.deepcopy(model)
    copied["config"]["layers"][number].update(changes)
    return copied


def test_a_residual_network_is_read() -> None:
    network = described({"keras": residual()}, SMALL)

    assert [layer.name for layer in network.layers] == ["a", "b", "sum", "mean", "end"]
    assert network.parameters == 40 + 148 + 50
    assert not network.sequential


def test_a_sequential_model_is_read() -> None:
    model = sequential(layer("Flatten", {"name": "f"}), layer("Dense", {"name": "d", **LAST["config"]}))

    assert described({"keras": model}, SMALL).sequential


CYCLE = changed(residual(), 1, inbound_nodes=[{"args": [tensor("b")], "kwargs": {}}])
NESTED = layer("Functional", {"name": "inner", "layers": []}, "image")
END = layer("Dense", {"name": "end", "units": 10, "activation": "softmax"}, "flat")
WIDE = layer("Dense", {"name": "end", "units": 11, "activation": "softmax"}, "flat")
BIG = layer("Dense", {"name": "end", "units": 1_000_000, "activation": "softmax"}, "flat")
FLATTEN = layer("Flatten", {"name": "flat"}, "image")
LAMBDA = {**layer("Lambda", {"name": "code", "function": "…"}, "image"), "module": "keras.layers"}


@pytest.mark.parametrize(
    ("model", "place", "message"),
    [
        (functional(image(), LAMBDA), "layers.1.class_name", "class Lambda is not allowed: it runs Python code"),
        (changed(residual(), 3, class_name="MyAdd"), "layers.3.class_name", "there is no layer of the class 'MyAdd'"),
        (changed(residual(), 3, module="os"), "layers.3.module", 'Add is of the module "os"; allowed is Keras\' own'),
        (changed(residual(), 3, module="keras.layers.evil"), "layers.3.module", "allowed is Keras' own"),
        (changed(residual(), 3, registered_name="my>Add"), "layers.3", "is a registered class"),
        (CYCLE, "layers.1.inbound_nodes.0", "the layers a, b form a cycle"),
        (functional(image(), FLATTEN, BIG), "layers.2.config.units", "must be a whole number from 1 to 16,384"),
        (functional(image(), FLATTEN, WIDE), "layers.2.config.units", "ends with 11 probabilities, and the"),
        (functional(image((None, 32, 32, 3)), FLATTEN, END), "layers.0.config.batch_shape", "images are 8×8×1"),
        (functional(image(), image(), FLATTEN, END), "layers", "the model has two inputs, and a run gives it one"),
        (functional(FLATTEN, END), "layers", "the model has no inputs"),
        (functional(image(), NESTED), "layers.1.config.layers", "must be a list of 1 to 300 layers; you gave []"),
        (functional(image(), FLATTEN, END, layer("Flatten", {"name": "x"}, "flat")), "layers.3.inbound_nodes.0", "is not connected to the output"),  # noqa: E501
        (functional(image(), END), "layers.1.inbound_nodes.0", "it gets the output of layer 'flat', and there is none"),
        (functional(image(), FLATTEN, END, end="other"), "output_layers", "there is no layer 'other' to end with"),
        (changed(residual(), 3, inbound_nodes=[]), "layers.3.inbound_nodes", "layer sum, Add, has no input"),
        (changed(residual(), 5, quantization_config={"bits": 4}), "layers.5.quantization_config", "no such key"),
    ],
)  # fmt: skip
def test_keras_json_that_cannot_be_is_refused_at_its_place(model: Any, place: str, message: str) -> None:
    error_place, error_message = refused({"keras": model}, SMALL)[0]

    assert error_place == f"model.keras.config.{place}"
    assert message in error_message


def test_more_layers_than_are_allowed_are_refused() -> None:
    flat = [layer("Flatten", {"name": f"f{number}"}) for number in range(302)]

    place, message = refused({"keras": sequential(*flat)}, SMALL)[0]

    assert (place, "must be a list of 1 to 300 layers" in message) == ("model.keras.config.layers", True)
    with pytest.raises(ValidationError):
        described({"layers": [FLAT] * 301})
