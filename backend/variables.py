"""Fields of a dataclass that are read from environment variables with the prefix EPOCHBOARD_.

Without pydantic, since `epochboard up` reads its settings so: that import would take half of its time.
"""

import json
import math
import os
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PREFIX = "EPOCHBOARD_"
TRUE, FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")


class WrongSetting(ValueError):
    """A variable has a value that is not allowed; the message says which are."""


def variable(name: str, read: Callable[[str], T], default: str) -> T:
    """Returns a field whose value is read from the variable, or from the default where it is not set.

    `read` raises a ValueError that says what the text has to be.
    """

    def value() -> T:
        text = os.environ.get(PREFIX + name, default)
        try:
            return read(text)
        except ValueError as error:
            raise WrongSetting(f"{PREFIX}{name} is {text!r}, and has to be {error}") from None

    return field(default_factory=value, metadata={"name": PREFIX + name, "default": default})


def folder(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError("a path without ~, since that home folder is not known") from None


def optional_path(text: str) -> Path | None:
    return Path(text) if text else None


def optional_file(text: str) -> Path | None:
    if text and not Path(text).is_file():
        raise ValueError("the path of a file")
    return optional_path(text)


def above_zero(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise ValueError("a number above 0")
    return number


def whole_number(maximum: int | None = None) -> Callable[[str], int]:
    """Returns a reader of whole numbers from 1 on."""
    allowed = f"a whole number from 1 to {maximum}" if maximum else "a whole number above 0"

    def read(text: str) -> int:
        number = int(text) if text.isdecimal() else 0
        if not 1 <= number <= (maximum or math.inf):
            raise ValueError(allowed)
        return number

    return read


def switch(text: str) -> bool:
    if text.lower() not in (*TRUE, *FALSE):
        raise ValueError("true or false")
    return text.lower() in TRUE


def names(text: str) -> list[str]:
    try:
        decoded = json.loads(text)
    except ValueError:
        decoded = None
    if not isinstance(decoded, list) or not all(isinstance(name, str) for name in decoded):
        raise ValueError("""a JSON list of texts, such as ["localhost"]""")
    return decoded
