"""The form's vocabulary, derived from the types in `backend.spec` and written nowhere else."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Tag
from pydantic.fields import FieldInfo

from backend.datasets.registry import BUILT_IN
from backend.network import LAYERS
from backend.spec import ModelSpec, Monitor, Optimizer, Precision, RunSpec, Schedule, Validation
from backend.workers import LEAST_GAIN

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
    """What one field takes. `items` says what each element of a list takes; a `part` is an object with fields."""

    type: Literal["integer", "number", "string", "boolean", "list", "part"]
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
    """One of several forms of a part (a preset, an optimizer, …), with the options that come with it."""

    name: str
    title: str
    options: list[Option]


class PrecisionOffer(BaseModel):
    """`gain` is how many times as fast as float32 a worker's device trains with it; null: no worker has timed it."""

    name: Precision
    gain: float | None
    fast: bool


class Catalog(BaseModel):
    """`limits` holds each field that can be changed under its path in the spec, keys joined by dots.

    Where a part has several forms its choices are a list here, and their options are paths below that part:
    `presets` below `model.options`, `optimizers` below `optimizer`, `schedules` below `optimizer.schedule`,
    `validations` below `dataset.validation`.
    """

    limits: dict[str, Limits]
    datasets: list[str]
    presets: list[Choice]
    optimizers: list[Choice]
    schedules: list[Choice]
    validations: list[Choice]
    layers: list[str]
    monitors: list[str]
    precisions: list[PrecisionOffer]


TITLES = {
    "strided_cnn": "Strided CNN",
    "vgg": "VGG-like CNN",
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "constant": "Constant",
    "step": "Steps",
    "cosine": "Cosine",
    "exponential": "Exponential",
    "test": "The test split",
    "train": "A part of the training images",
}


@cache
def catalog() -> Catalog:
    branches = {path: _choices(union) for path, union in FORMS.items()}
    chosen = {path: _choice_of(path, choices) for path, choices in branches.items()}
    return Catalog(
        limits={**dict(_limits(RunSpec, "")), **chosen},
        datasets=list(BUILT_IN),
        presets=[_below("options", choice) for choice in branches["model.preset"]],
        optimizers=branches["optimizer.name"],
        schedules=branches["optimizer.schedule.name"],
        validations=branches["dataset.validation.from"],
        layers=list(LAYERS),
        monitors=list(get_args(Monitor)),
        precisions=[],
    )


def with_gains(offered: Catalog, gains: Mapping[str, float]) -> Catalog:
    """The catalog with what the workers' devices have been found to be fast at."""
    return offered.model_copy(update={"precisions": [_offer(name, gains.get(name)) for name in get_args(Precision)]})


def _offer(name: Precision, gain: float | None) -> PrecisionOffer:
    plain = name == "float32"
    return PrecisionOffer(name=name, gain=1.0 if plain else gain, fast=plain or (gain or 0.0) >= LEAST_GAIN)


FORMS: dict[str, Any] = {
    "model.preset": ModelSpec,
    "optimizer.name": Optimizer,
    "optimizer.schedule.name": Schedule,
    "dataset.validation.from": Validation,
}
"""The parts of a spec that have several forms, by the path of the key that names the form."""

FORM_TITLES = {
    "model.preset": "Model",
    "optimizer.name": "Optimizer",
    "optimizer.schedule.name": "Schedule",
    "dataset.validation.from": "Validate on",
}


def _choices(union: Any) -> list[Choice]:
    """The forms of a union of tagged parts that say how they are called."""
    tagged = [(get_args(arm)[0], _tag(arm)) for arm in get_args(get_args(union)[0])]
    return [Choice(name=tag, title=TITLES[tag], options=_options(part)) for part, tag in tagged if tag in TITLES]


def _tag(arm: Any) -> str:
    return next(extra.tag for extra in get_args(arm)[1:] if isinstance(extra, Tag))


def _choice_of(path: str, choices: list[Choice]) -> Limits:
    nullable = path.startswith("optimizer.schedule")
    default = None if nullable else choices[0].name
    names = [choice.name for choice in choices]
    return Limits(type="string", title=FORM_TITLES[path], default=default, nullable=nullable, choices=names)


def _below(part: str, choice: Choice) -> Choice:
    """The choice with the options of its `part` only, named from there."""
    options = [option.model_copy(update={"name": option.name.removeprefix(f"{part}.")}) for option in choice.options]
    return choice.model_copy(update={"options": options})


def _limits(model: type[BaseModel], prefix: str) -> list[tuple[str, Limits]]:
    found: list[tuple[str, Limits]] = []
    for name, field in model.model_fields.items():
        path = prefix + (field.alias or name)
        part, nullable = _part(field.annotation)
        if part is not None:
            if nullable:
                found.append((path, Limits(type="part", title=field.title or "", nullable=True)))
            found += _limits(part, f"{path}.")
        elif field.title and not _is_form(field.annotation):
            found.append((path, _field(field)))
    return found


def _part(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The part that a field is, and whether it may be null."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    arms = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else ()
    parts = [arm for arm in arms if isinstance(arm, type) and issubclass(arm, BaseModel)]
    return (parts[0], True) if len(parts) == 1 and type(None) in arms else (None, False)


def _is_form(annotation: Any) -> bool:
    """Whether a field is one of FORMS: a union of tagged parts."""
    arms = [get_args(arm)[0] if get_origin(arm) is Annotated else arm for arm in get_args(annotation)]
    return any(_part(arm)[0] is not None or _is_form(arm) for arm in arms)


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
    if origin is Annotated:
        return {**_type(arguments[0]), **_bounds(arguments[1:])}
    if origin in (Union, UnionType):
        inner = next(arg for arg in arguments if arg is not type(None))
        return {**_type(inner), "nullable": type(None) in arguments}
    if origin is Literal:
        return {"type": "string", "choices": list(arguments)}
    if origin is list:
        return {"type": "list", "items": Limits(title="", **_type(arguments[0]))}
    return {"type": TYPES[annotation]}
