"""Finds the model in what people send: JSON inside a JSON string, TensorFlow.js, a spec, or no more than its config."""

from dataclasses import dataclass
from typing import Any

from backend.network.dialects import translations as table
from backend.network.plan import Loc
from backend.spec.plain_json import parse

MAX_WRAPPERS = 6
VERSION_KEYS = ("keras_version", "generatedBy")


@dataclass(frozen=True)
class Unwrapped:
    """`value` lies at `loc` of what was sent; `versions` are what its wrappers say of Keras' version."""

    value: Any
    loc: Loc
    versions: list[str]


def unwrap(value: Any, loc: Loc) -> Unwrapped:
    """Returns the innermost value that may be a model."""
    versions: list[str] = []
    for _ in range(MAX_WRAPPERS):
        if isinstance(value, dict):
            versions += [value[key] for key in VERSION_KEYS if isinstance(value.get(key), str)]
        key = _wrapper(value)
        if key is not None:
            value, loc = value[key], [*loc, key]
        elif isinstance(value, str) and (inside := _parsed(value)) is not None:
            value = inside
        else:
            break
    return Unwrapped(_whole(value), loc, versions)


def _wrapper(value: Any) -> str | None:
    if not isinstance(value, dict) or "class_name" in value or isinstance(value.get("layers"), list):
        return None
    return next((key for key in table.WRAPPERS if isinstance(value.get(key), dict | list | str)), None)


def _parsed(text: str) -> Any:
    """Returns the value of JSON in a text; None for any other text."""
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return None
    try:
        return parse(text)
    except (ValueError, RecursionError):
        return None


def _whole(value: Any) -> Any:
    """Returns a model for what `get_config()` gives: its layers without the class of the model."""
    if isinstance(value, list) and value and all(_is_layer(item) for item in value):
        return {"class_name": "Sequential", "config": value}
    layers = value.get("layers") if isinstance(value, dict) and "class_name" not in value else None
    if isinstance(layers, list) and layers and all(_is_layer(item) for item in layers):
        return {"class_name": "Functional" if "output_layers" in value else "Sequential", "config": value}
    return value


def _is_layer(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("class_name"), str) and "config" in value
