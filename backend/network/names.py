"""Names of layers as Keras gives them and TensorFlow takes them, and the precisions that a layer may name."""

import re
from collections.abc import Collection
from typing import Any

from backend.network.errors import Refused
from backend.phrases import quoted

NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.-]{0,127}")
MAX_BEFORE_NUMBER = 120  # characters, so that a name and its number have at most 128
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


def layer_name(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise Refused(
            f"must be a name of at most 128 letters, digits, dots, dashes and underscores; you gave {quoted(value)}"
        )
    return value


def precision(value: Any) -> None:
    """Checks a layer's own precision. It is not kept, because the run's precision decides."""
    name = value
    if isinstance(value, dict) and value.get("class_name") == "DTypePolicy" and isinstance(value.get("config"), dict):
        name = value["config"].get("name")
    if name is not None and name not in PRECISIONS:
        raise Refused(f"must be {' or '.join(PRECISIONS)}, and the run's precision decides; you gave {quoted(value)}")


def automatic(class_name: str, taken: Collection[str]) -> str:
    """Returns the name that Keras gives in a fresh process: conv2d, conv2d_1, …"""
    plain = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", class_name)).lower()
    return free(plain, taken)


def free(name: str, taken: Collection[str]) -> str:
    """Returns the name, with a number after it if it is taken."""
    number, result = 0, name
    while result in taken:
        number += 1
        result = f"{name[:MAX_BEFORE_NUMBER]}_{number}"
    return result
