"""Messages for pydantic's errors: what is allowed, and which value was given."""

from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag

from backend.errors import FieldError
from backend.phrases import quoted
from backend.spec.part import CHOICE

# By pydantic's error type; other types get pydantic's own text.
MESSAGES = {
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
    "string_too_short": "must have at least {min_length} character{s}",
    "string_type": "must be a text",
    "too_long": "may have at most {max_length} items",
    "too_short": "must have at least {min_length} item{s}",
}


def sentence(item: Any, loc: Sequence[str | int], body: Any) -> str:
    """Returns the message for one of pydantic's errors, at `loc` of a body of type `body` (None: unknown)."""
    if item["type"] == "missing":
        return "is missing and is required"
    if item["type"] == "extra_forbidden":
        allowed = ", ".join(_fields(body, loc[:-1])) if body else ""
        return f"there is no such field; allowed here: {allowed}" if allowed else "there is no such field"
    if item["type"] == "combination":
        return str(item["msg"])
    if item["type"].startswith(CHOICE):
        key, value = item["type"].removeprefix(CHOICE), item.get("input")
        return f"{item['msg']}; you gave {quoted(value.get(key) if isinstance(value, dict) else value)}"
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    return _sentence_of_limits(item)


def _sentence_of_limits(item: Any) -> str:
    """Returns what is allowed, with the limits of the error, and the value that was given."""
    limits = {name: f"{limit:g}" if isinstance(limit, float) else limit for name, limit in item.get("ctx", {}).items()}
    plural = "" if limits.get("min_length") == 1 else "s"
    allowed = MESSAGES.get(item["type"], str(item["msg"])).format(**limits, s=plural)
    value = item.get("input")
    if isinstance(value, bytes):
        return "the body must be JSON, sent with the header Content-Type: application/json"
    if isinstance(value, str):
        allowed = allowed.replace("item", "character")  # pydantic reports the length of a string as that of a list
    return f"{allowed}; you gave {quoted(value)}"


def field_error(item: Any, model: Any, body: Any) -> FieldError:
    """Converts one of pydantic's errors about `body`, which should be of type `model`; `loc` begins with its part."""
    if item["loc"][0] != "body":
        return FieldError(list(item["loc"]), sentence(item, item["loc"][1:], model))
    # Its location is the object's, and may end with a union's tag.
    is_about_fields = item["type"] == "combination" or item["type"].startswith(CHOICE)
    loc = [*_body_loc(item["loc"][1:], body, ends_with_field=not is_about_fields), *_key(item)]
    return FieldError(loc, sentence(item, item["loc"][1:], model))


def _body_loc(loc: Sequence[str | int], body: Any, *, ends_with_field: bool) -> list[str | int]:
    """Converts pydantic's location to keys and indexes of the body, without the tags of union branches.

    `ends_with_field`: the last key is a field even if the body lacks it.
    """
    path: list[str | int] = []
    value = body
    for number, key in enumerate(loc, start=1):
        is_inside = key in value if isinstance(value, dict) else isinstance(value, list) and isinstance(key, int)
        if is_inside:
            value = value[key]
        if is_inside or (ends_with_field and number == len(loc) and isinstance(value, dict)):
            path.append(key)
    return path


def _key(item: Any) -> list[str | int]:
    """Returns the keys to append for an error about several fields, or about the tag of a union."""
    if item["type"].startswith(CHOICE):
        return [item["type"].removeprefix(CHOICE)]
    if item["type"] != "combination":
        return []
    key = item["ctx"]["key"]  # a list where a key contains a dot
    return [*key] if isinstance(key, list) else [*str(key).split(".")]


def _fields(body: Any, loc: Sequence[str | int]) -> list[str]:
    """Returns the field names allowed at pydantic's `loc` in the type `body`; empty if there is no model there."""
    annotation = body
    for key in loc:
        annotation = _step(annotation, key)
    part = _model_in(annotation)
    return [field.alias or name for name, field in part.model_fields.items()] if part else []


def _step(annotation: Any, key: str | int) -> Any:
    """Returns the type at `key` of `annotation`: a field, a list's element, or the union branch with that tag."""
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


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if get_origin(annotation) in (Union, UnionType, Annotated):
        return next((part for arg in get_args(annotation) if (part := _model_in(arg))), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
