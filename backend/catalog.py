"""The form's vocabulary, derived from the types in `backend.spec` and written nowhere else."""

from collections.abc import Iterable
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from backend.datasets import BUILT_IN
from backend.spec import Adam, Monitor, RunSpec, StridedCnnOptions

BOUNDS = {
    "ge": "minimum",
    "gt": "exclusive_minimum",
    "le": "maximum",
    "lt": "exclusive_maximum",
    "min_length": "min_length",
    "max_length": "max_length",
}
TYPES: dict[Any, Literal["integer", "number", "string", "boolean"]] = {
    int: "integer",
    float: "number",
    str: "string",
    bool: "boolean",
}


class Limits(BaseModel):
    """What one field takes. `items` says what each element of a list takes."""

    type: Literal["integer", "number", "string", "boolean", "list"]
    title: str
    help: str = ""
    default: Any = None
    nullable: bool = False
    choices: list[str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    items: "Limits | None" = None


class Option(Limits):
    name: str


class Choice(BaseModel):
    """A preset or an optimizer, with the options that come with it."""

    name: str
    title: str
    options: list[Option]


class Catalog(BaseModel):
    """`limits` holds each field that can be changed under its path in the spec, keys joined by dots."""

    limits: dict[str, Limits]
    datasets: list[str]
    presets: list[Choice]
    optimizers: list[Choice]
    monitors: list[str]


@cache
def catalog() -> Catalog:
    return Catalog(
        limits=dict(_limits(RunSpec, "")),
        datasets=list(BUILT_IN),
        presets=[Choice(name="strided_cnn", title="Strided CNN", options=_options(StridedCnnOptions))],
        optimizers=[Choice(name="adam", title="Adam", options=_options(Adam))],
        monitors=list(get_args(Monitor)),
    )


def _limits(model: type[BaseModel], prefix: str) -> list[tuple[str, Limits]]:
    found: list[tuple[str, Limits]] = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found += _limits(field.annotation, f"{prefix}{name}.")
        elif field.title:
            found.append((prefix + name, _field(field)))
    return found


def _options(model: type[BaseModel]) -> list[Option]:
    return [Option(name=path, **limits.model_dump()) for path, limits in _limits(model, "")]


def _field(field: FieldInfo) -> Limits:
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    return Limits(
        title=field.title or "",
        help=field.description or "",
        default=default,
        **_type(field.annotation),
        **_bounds(field.metadata),
    )


def _bounds(metadata: Iterable[Any]) -> dict[str, Any]:
    parts = [part for entry in metadata for part in getattr(entry, "metadata", [entry])]
    return {name: getattr(part, key) for part in parts for key, name in BOUNDS.items() if hasattr(part, key)}


def _type(annotation: Any) -> dict[str, Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        inner = next(arg for arg in arguments if arg is not type(None))
        return {**_type(inner), "nullable": True}
    if origin is Literal:
        return {"type": "string", "choices": list(arguments)}
    if origin is list:
        item = arguments[0]
        bounds = _bounds(item.__metadata__) if get_origin(item) is Annotated else {}
        plain = get_args(item)[0] if get_origin(item) is Annotated else item
        return {"type": "list", "items": Limits(title="", **_type(plain), **bounds)}
    return {"type": TYPES[annotation]}
