"""The catalog of what a form may offer, derived from the types in `backend.spec` and written nowhere else."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from backend.datasets.built_in import BUILT_IN
from backend.files import hash_name
from backend.network import LAYERS
from backend.planning.backbone_weights import has_weights
from backend.planning.catalog_schemas import BackboneChoice, Catalog, Limits, Option, PartChoice, PrecisionOffer
from backend.planning.costs.precision import AUTO, FULL
from backend.planning.layer_catalog import layer_choices, object_choices
from backend.spec import Loss, Monitor, Precision, RunSpec
from backend.spec.backbones import BACKBONES, BackbonePart
from backend.spec.choices import Choices
from backend.spec.data import VALIDATIONS
from backend.spec.losses import LOSSES
from backend.spec.optimizers import OPTIMIZERS
from backend.spec.presets import PRESETS
from backend.spec.schedules import SCHEDULES
from backend.workers import MIN_GAIN

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


@cache
def catalog() -> Catalog:
    """Returns the catalog without the precisions, which depend on the workers, and without what is on this machine."""
    return Catalog(
        limits={**dict(_limits(RunSpec, "")), **{path: _choice_limits(path) for path in FORMS}},
        datasets=list(BUILT_IN),
        presets=[_below("options", choice) for choice in _choices(PRESETS)],
        backbones=[_backbone(name, part) for name, part in BACKBONES],
        optimizers=_choices(OPTIMIZERS),
        schedules=_choices(SCHEDULES),
        losses=[_loss_choice(name) for name in LOSSES],
        validations=_choices(VALIDATIONS),
        layers=list(LAYERS),
        layer_choices=layer_choices(),
        layer_objects=object_choices(),
        monitors=list(get_args(Monitor)),
        precisions=[],
    )


def with_weights(offered: Catalog) -> Catalog:
    """Returns the catalog with which weights of backbones are on this machine now."""
    parts = dict(BACKBONES)
    backbones = [
        choice.model_copy(update={"has_weights": has_weights(parts[choice.name])}) for choice in offered.backbones
    ]
    return offered.model_copy(update={"backbones": backbones})


def with_gains(offered: Catalog, gains: Mapping[str, float]) -> Catalog:
    """Returns the catalog with the precisions and what the workers' devices gain by them."""
    return offered.model_copy(update={"precisions": [_offer(name, gains.get(name)) for name in get_args(Precision)]})


def _offer(name: Precision, gain: float | None) -> PrecisionOffer:
    full = name == FULL
    fast = full or name == AUTO or (gain or 0.0) >= MIN_GAIN
    return PrecisionOffer(name=name, gain=1.0 if full else gain, fast=fast)


FORMS: dict[str, tuple[str, Choices[Any]]] = {
    "model.preset": ("Model", PRESETS),
    "model.backbone": ("Backbone", BACKBONES),
    "optimizer.name": ("Optimizer", OPTIMIZERS),
    "optimizer.schedule.name": ("Schedule", SCHEDULES),
    "dataset.validation.from": ("Validation images", VALIDATIONS),
}
"""The parts of a spec that have several forms, by the path of the key that names the form, with a title for it."""


def _choices(choices: Choices[Any]) -> list[PartChoice]:
    return [PartChoice(name=name, title=part.title, options=_options(part)) for name, part in choices]


def _backbone(name: str, part: type[BackbonePart]) -> BackboneChoice:
    choice = _below("options", PartChoice(name=name, title=part.title, options=_options(part)))
    facts = {fact: getattr(part, fact) for fact in BackboneChoice.model_fields if hasattr(part, fact)}
    return BackboneChoice(**{**facts, **choice.model_dump(), "address": part.address(), "hash": hash_name(part.digest)})


def _choice_limits(path: str) -> Limits:
    title, choices = FORMS[path]
    nullable = choices is SCHEDULES
    default = None if nullable else choices.names()[0]
    return Limits(type="string", title=title, default=default, nullable=nullable, choices=choices.names())


def _loss_choice(name: str) -> PartChoice:
    """Returns a loss with the fields of the part that apply to it."""
    options = [option for option in _options(Loss) if option.name != "name"] if LOSSES[name].smooths else []
    return PartChoice(name=name, title=LOSSES[name].title, options=options)


def _below(part: str, choice: PartChoice) -> PartChoice:
    """Returns the choice with only the options below `part`, named from there."""
    options = [option.model_copy(update={"name": option.name.removeprefix(f"{part}.")}) for option in choice.options]
    return choice.model_copy(update={"options": options})


def _limits(model: type[BaseModel], prefix: str) -> list[tuple[str, Limits]]:
    limits: list[tuple[str, Limits]] = []
    for name, field in model.model_fields.items():
        path = prefix + (field.alias or name)
        part, nullable = _part(field.annotation)
        if part is not None:
            if nullable:
                limits.append((path, Limits(type="part", title=field.title or "", nullable=True)))
            limits += _limits(part, f"{path}.")
        elif field.title and not _is_form(field.annotation):
            limits.append((path, _field(field)))
    return limits


def _part(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """Returns the part that a field holds, if it holds one, and whether it may be null."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    arms = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else ()
    parts = [arm for arm in arms if isinstance(arm, type) and issubclass(arm, BaseModel)]
    return (parts[0], True) if len(parts) == 1 and type(None) in arms else (None, False)


def _is_form(annotation: Any) -> bool:
    """True when a field is a union of tagged parts, as those of FORMS are."""
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
