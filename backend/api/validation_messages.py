"""What is wrong with one value, in words: what is allowed, and what was given."""

import json
from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag

from backend.spec.part import CHOICE

# pydantic's kinds of errors that a spec or a query can meet; its own text is the fallback.
ALLOWED = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be an object with fields",
    "finite_number": "must be a finite number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "list_type": "must be a list",
    "literal_error": "must be {expected}",
    "model_attributes_type": "must be an object with fields",
    "model_type": "must be an object with fields",
    "string_too_long": "may have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} character",
    "string_type": "must be a text",
    "too_long": "may have at most {max_length} items",
    "too_short": "must have at least {min_length} item",
}


def sentence(item: Any, loc: Sequence[str | int], body: type[BaseModel] | None) -> str:
    """The sentence for one of pydantic's errors, at `loc` of a body that should be a `body`."""
    if item["type"] == "missing":
        return "is missing and is required"
    if item["type"] == "extra_forbidden":
        allowed = ", ".join(_fields(body, loc[:-1])) if body else ""
        return f"there is no such field; allowed here: {allowed}" if allowed else "there is no such field"
    if item["type"] == "combination":
        return str(item["msg"])
    if item["type"].startswith(CHOICE):
        key, given = item["type"].removeprefix(CHOICE), item.get("input")
        return f"{item['msg']}; you gave {short(given.get(key) if isinstance(given, dict) else given)}"
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    limits = {name: f"{value:g}" if isinstance(value, float) else value for name, value in item.get("ctx", {}).items()}
    allowed = ALLOWED.get(item["type"], str(item["msg"])).format(**limits)
    given = item.get("input")
    if isinstance(given, bytes):
        return "the body must be JSON, sent with the header Content-Type: application/json"
    if isinstance(given, str):
        allowed = allowed.replace("item", "character")  # pydantic says so of a text that was checked before
    return f"{allowed}; you gave {short(given)}"


def short(value: object) -> str:
    """A value as its sender wrote it, in JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _fields(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The names that the part of `model` at pydantic's `loc` allows; none where there is no such part."""
    here: Any = model
    for key in loc:
        here = _step(here, key)
    part = _part(here)
    return [field.alias or name for name, field in part.model_fields.items()] if part else []


def _step(annotation: Any, key: str | int) -> Any:
    """What `annotation` has at `key`: a field, an element, or the branch of a union that is tagged so."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        tagged = any(isinstance(extra, Tag) and extra.tag == key for extra in arguments[1:])
        return arguments[0] if tagged else _step(arguments[0], key)
    if origin in (Union, UnionType):
        return next((step for branch in arguments if (step := _step(branch, key)) is not None), None)
    if origin is list:
        return arguments[0]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return next((f.annotation for name, f in annotation.model_fields.items() if key in (name, f.alias)), None)
    return None


def _part(annotation: Any) -> type[BaseModel] | None:
    if get_origin(annotation) in (Union, UnionType, Annotated):
        return next((part for arg in get_args(annotation) if (part := _part(arg))), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
