"""JSON that somebody else wrote, as far as it can be kept: no texts or numbers that a database refuses, no abyss."""

import math
from typing import Annotated, Any

from pydantic import AfterValidator

DEEPEST = 30
MOST_VALUES = 100_000
LARGEST = 2**53


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    level: list[Any] = [value]
    depth = seen = 0
    while level:
        depth, seen = depth + 1, seen + len(level)
        if depth > DEEPEST:
            raise ValueError(f"is nested deeper than the {DEEPEST} levels that are allowed")
        if seen > MOST_VALUES:
            raise ValueError(f"holds more than the {MOST_VALUES:,} values that are allowed")
        for one in level:
            _check(one)
        level = [inner for one in level for inner in _inside(one)]
    return value


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _check(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("holds a number that is infinite or none (NaN); leave it out")
    if isinstance(value, int) and not -LARGEST <= value <= LARGEST:
        raise ValueError(f"holds a whole number beyond ±{LARGEST:,}; make it smaller")
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= character <= "\udfff" for character in value)):
        raise ValueError("holds a text with a NUL character or half a character; leave it out")


PlainObject = Annotated[dict[str, Any], AfterValidator(_plain)]
"""An object whose inside is looked at later."""
