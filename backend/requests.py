"""Base types of JSON request bodies, and the one rule for the characters of all texts that people send."""

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

MAX_EXACT = 2**53  # a larger number without a fraction may have lost digits on its way through JSON
# Embeddings, overrides and isolates show a text in another order than it has. Marks such as U+200F are harmless.
DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINE_BREAKS = frozenset("\n\r\u0085\u2028\u2029")
# The same rules for JSON Schema.
LINE_PATTERN = r"^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$"
LINES_PATTERN = r"^([^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\r\n)*$"


def bad_character(text: str, allowed: str = "") -> str | None:
    """Returns what a text holds that no name may hold, such as `a line break`, or None. `allowed` are exceptions."""
    if text.isprintable():
        return None  # the usual case, checked fast
    return next((name for character in text if character not in allowed and (name := _bad_name(character))), None)


def _bad_name(character: str) -> str | None:
    """Returns what a character is called if it is refused. Spaces, joiners and unassigned characters are not."""
    if character == "\0":
        return "a control character (U+0000, the NUL character)"
    if character in LINE_BREAKS:
        return "a line break"
    if character in DIRECTION_CONTROLS:
        return f"a character that changes the direction of text (U+{ord(character):04X})"
    category = unicodedata.category(character)
    if category == "Cs":
        return "half a character (a lone surrogate)"
    return f"a control character (U+{ord(character):04X})" if category == "Cc" else None


def _line(text: str) -> str:
    return _without_bad_characters(text, "")


def _lines(text: str) -> str:
    return _without_bad_characters(text.replace("\r\n", "\n"), "\n\t")


def _storable(text: str) -> str:
    """Rejects NUL and lone surrogates, which a database can't store; other names may be older than the rule."""
    if "\0" in text:
        raise ValueError("can't contain a NUL character; leave it out")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("can't contain a lone surrogate (half a character); leave it out")
    return text


def _without_bad_characters(text: str, allowed: str) -> str:
    if problem := bad_character(text, allowed):
        raise ValueError(f"can't hold {problem}; leave it out")
    return text


Line = Annotated[str, AfterValidator(_line), Field(json_schema_extra={"pattern": LINE_PATTERN})]
"""A text of one line."""
Lines = Annotated[str, AfterValidator(_lines), Field(json_schema_extra={"pattern": LINES_PATTERN})]
"""A text that may have line breaks and tabs."""
StorableText = Annotated[str, AfterValidator(_storable)]
"""A text of the database in a cursor."""
Name = Annotated[Line, Field(max_length=100)]
"""What something is looked up by: a recipe's name, the id of a run, a class."""


def _whole_numbers(value: Any) -> Any:
    """Returns 334 for 334.0, also in lists: JSON Schema counts both as integers."""
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) <= MAX_EXACT
    return int(value) if is_whole else value


class RequestBody(BaseModel):
    """A body or a part of one, without unknown fields and without type conversion."""

    model_config = ConfigDict(extra="forbid", strict=True)

    _whole_numbers = field_validator("*", mode="before")(_whole_numbers)
