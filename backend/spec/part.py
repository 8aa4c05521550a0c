"""What every part of a spec has in common."""

import json
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator

Monitor = Literal["loss", "accuracy", "val_loss", "val_accuracy", "val_macro_f1"]


class Part(BaseModel):
    """A part of a spec: unknown fields are refused, and numbers don't come as text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


CHOICE = "choice of "
"""Before the key in the type of the error that an unknown branch of a union gives."""


def choose(key: str, *allowed: str, default: str | None = None) -> Discriminator:
    """Choose the branch of a union by the value of `key`, `default` where there is none; branches carry a `Tag`."""
    return discriminator(lambda value: chosen(value, key) or default, key, *allowed)


def discriminator(branch: Callable[[Any], str | None], key: str, *allowed: str) -> Discriminator:
    """Like `choose`, for a union whose branch doesn't hang on one key alone."""
    return Discriminator(
        branch, custom_error_type=CHOICE + key, custom_error_message=f"must be one of {', '.join(allowed)}"
    )


def chosen(value: Any, key: str) -> str | None:
    """What `value`, a dict or a part, has under `key`, where it is a text."""
    given = value.get(key) if isinstance(value, dict) else getattr(value, key, getattr(value, f"{key}_", None))
    if given is None or isinstance(given, str):
        return given
    return json.dumps(given, default=str)
