"""Models of a spec for tests of networks, and helpers that describe or refuse them."""

from typing import Any

import pytest

from backend.network import Impossible, Network, describe
from backend.spec import RunSpec

FASHION = [28, 28, 1]
SMALL = [8, 8, 1]
LAST: dict[str, Any] = {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}
FLAT: dict[str, Any] = {"class_name": "Flatten"}


def described(model: Any, image_shape: list[int] = FASHION) -> Network:
    spec = RunSpec.model_validate({"dataset": {"name": "any"}, "model": model})
    return describe(spec.model, image_shape, 10)


def refused(model: Any, image_shape: list[int] = FASHION) -> list[tuple[str, str]]:
    with pytest.raises(Impossible) as caught:
        described(model, image_shape)
    return [(".".join(map(str, error.loc)), error.msg) for error in caught.value.errors]


def keras_layer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


def stack(*layers: dict[str, Any]) -> dict[str, Any]:
    return {"layers": [*layers, FLAT, LAST]}
