"""Keras' JSON of small models, as `model.to_json()` of Keras 3.15 writes it, without Keras."""

import copy
from typing import Any


def layer(class_name: str, config: dict[str, Any], *inputs: str) -> dict[str, Any]:
    """Returns an entry of a functional model; `inputs` are names of layers whose first use it takes."""
    tensors = [tensor(name) for name in inputs]
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": config,
        "registered_name": None,
        "name": config["name"],
        "inbound_nodes": [{"args": tensors if len(inputs) == 1 else [tensors], "kwargs": {}}],
    }


def tensor(name: str, use: int = 0) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"shape": None, "keras_history": [name, use, 0]}}


def image(shape: tuple[int | None, ...] = (None, 8, 8, 1)) -> dict[str, Any]:
    config = {"batch_shape": list(shape), "dtype": "float32", "sparse": False, "ragged": False, "name": "image"}
    entry = layer("InputLayer", config)
    return {**entry, "inbound_nodes": []}


def functional(*entries: dict[str, Any], end: str = "end") -> dict[str, Any]:
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": "functional",
            "trainable": True,
            "layers": list(entries),
            "input_layers": ["image", 0, 0],
            "output_layers": [end, 0, 0],
        },
        "registered_name": "Functional",
        "build_config": {"input_shape": None},
        "compile_config": {},
    }


def residual() -> dict[str, Any]:
    """Two convolutions with a shortcut, on images of 8 × 8 × 1, for ten classes."""
    return functional(
        image(),
        layer("Conv2D", {"name": "a", "filters": 4, "kernel_size": [3, 3], "padding": "same"}, "image"),
        layer("Conv2D", {"name": "b", "filters": 4, "kernel_size": [3, 3], "padding": "same"}, "a"),
        layer("Add", {"name": "sum"}, "a", "b"),
        layer("GlobalAveragePooling2D", {"name": "mean"}, "sum"),
        layer("Dense", {"name": "end", "units": 10, "activation": "softmax"}, "mean"),
    )


def sequential(*layers: dict[str, Any]) -> dict[str, Any]:
    entries = [copy.deepcopy(entry) for entry in (image(), *layers)]
    for entry in entries:
        del entry["name"], entry["inbound_nodes"]
    config = {"name": "sequential", "layers": entries, "build_input_shape": [None, 8, 8, 1]}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}
