"""JSON whose content is checked later: bounded in depth and size, and free of values that a database refuses."""

import json
import math
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator

from backend.requests import bad_character

MAX_DEPTH = 30
MAX_DEPTH_OF_FILES = 100  # models nested in each other take four levels each
MAX_VALUES = 100_000
MAX_CHARACTERS = 1_000  # of one text, such as the name of a layer
MAX_INTEGER = 2**53  # the largest integer that JSON readers keep exactly


def check_object(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the object, or raises ValueError with what a JSON object of a spec must not contain."""
    level: list[Any] = [value]
    depth = count = 0
    while level:
        depth, count = depth + 1, count + len(level)
        if depth > MAX_DEPTH:
            raise ValueError(f"is nested deeper than the {MAX_DEPTH} levels that are allowed")
        if count > MAX_VALUES:
            raise ValueError(f"contains more than the {MAX_VALUES:,} values that are allowed")
        for item in level:
            _check_value(item)
        level = [child for item in level for child in _children(item)]
    return value


def parse(text: str) -> Any:
    """Returns the value of JSON. Raises ValueError, or RecursionError where it is nested deeper than a model."""
    value = json.loads(text)
    level = [value]
    for _ in range(MAX_DEPTH_OF_FILES):
        level = [child for item in level if isinstance(item, dict | list) for child in _parts(item)]
        if not level:
            return value
    raise RecursionError


def _parts(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _check_value(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("contains a number that is infinite or NaN; leave it out")
    if isinstance(value, int) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise ValueError(f"contains a whole number beyond ±{MAX_INTEGER:,}; make it smaller")
    if isinstance(value, str) and len(value) > MAX_CHARACTERS:
        raise ValueError(f"holds a text of {len(value):,} characters; at most {MAX_CHARACTERS:,} are allowed")
    if isinstance(value, str) and (problem := bad_character(value)):
        raise ValueError(f"holds a text with {problem}; leave it out")


PlainObject = Annotated[dict[str, Any], AfterValidator(check_object)]
