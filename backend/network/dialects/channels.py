"""Turns a model whose channels come first into the same network with the channels last."""

from typing import Any

from backend.network.dialects.entries import Entry, Json, Model

SHAPES = ("batch_shape", "shape")
AXES_1 = (1, [1])
"""The axis of the channels where they come first, and of the values after Flatten; the last one is both."""


def with_channels_last(model: Model) -> bool:
    """Changes the model if all layers that say so have their channels first. Returns whether they have."""
    configs = [entry.json["config"] for entry in model.entries]
    formats = [config["data_format"] for config in configs if isinstance(config.get("data_format"), str)]
    if not formats or any(name != "channels_first" for name in formats):
        return False
    for entry in model.entries:
        entry.json = {**entry.json, "config": _turned(entry)}
    model.config.pop("build_input_shape", None)
    return True


def _turned(entry: Entry) -> Json:
    config = {key: value for key, value in entry.json["config"].items() if key != "data_format"}
    if entry.is_input:
        return {key: _moved(value) if key in SHAPES else value for key, value in config.items()}
    if config.get("axis") in AXES_1:
        config["axis"] = -1
    if isinstance(config.get("shared_axes"), list):
        config["shared_axes"] = [
            {1: 3, 2: 1, 3: 2}.get(axis, axis) for axis in config["shared_axes"] if _is_whole(axis)
        ]
    return config


def _moved(shape: Any) -> Any:
    """(…, channels, height, width) as (…, height, width, channels)."""
    return [*shape[:-3], *shape[-2:], shape[-3]] if isinstance(shape, list) and len(shape) in (3, 4) else shape


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
