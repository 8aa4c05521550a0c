"""`Part`, the base of every part of a spec, and the choice between the forms of a part."""

import json
from collections.abc import Callable
from typing import Any, Literal

from pydantic import ConfigDict, Discriminator

from backend.requests import RequestBody

Monitor = Literal["loss", "accuracy", "val_loss", "val_accuracy", "val_macro_f1"]
MAX_EPOCHS = 100_000
MONITOR_HELP = "macro F1: the mean F1 of the classes that occur in the validation labels or predictions"

CHOICE = "choice of "
"""Prefix of the error type that pydantic reports for an unknown form; the key that chooses the form follows it."""


class Part(RequestBody):
    """A part of a spec. Unknown fields are refused, and a number must not be sent as text."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


def choose(key: str, *allowed: str, default: str | None = None) -> Discriminator:
    """Chooses an arm of a tagged union by the value of `key`, or `default` where the key is absent."""
    return discriminator(lambda value: chosen(value, key) or default, key, *allowed)


def discriminator(branch: Callable[[Any], str | None], key: str, *allowed: str) -> Discriminator:
    """Chooses an arm of a tagged union by `branch`; the error message lists the `allowed` values of `key`."""
    return Discriminator(
        branch, custom_error_type=CHOICE + key, custom_error_message=f"must be one of {', '.join(allowed)}"
    )


def chosen(value: Any, key: str) -> str | None:
    """Returns the value of `key` in a dict or a part: text as it is, anything else as JSON, None where absent."""
    choice = value.get(key) if isinstance(value, dict) else getattr(value, key, getattr(value, f"{key}_", None))
    if choice is None or isinstance(choice, str):
        return choice
    return json.dumps(choice, default=str)
