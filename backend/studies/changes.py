"""A spec with some of its fields changed, each named by its path, such as `optimizer.learning_rate`."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError

from backend.errors import FieldError, Invalid
from backend.phrases import quoted, sentence
from backend.spec import Part, RunSpec
from backend.spec.validation_messages import field_error

Json = dict[str, Any]
FOREIGN = "extra_forbidden"  # pydantic's type of an error about a field that its part doesn't have


def changed_spec(base: RunSpec, changes: Mapping[str, Any]) -> RunSpec:
    """Returns `base` with the values of `changes`, validated as any spec.

    A change of a part's form (`optimizer.name`, `model.preset`) keeps those fields of the part that are not at their
    defaults and that the new form has, too.

    Raises:
        Invalid: A path is not in the spec, or a value is not allowed there; each error at its path below `space`.
    """
    spec = base.as_json()
    for path in sorted(changes, key=lambda path: (path.count("."), not _chooses_form(base, path))):
        _set(spec, base, path, changes[path])
    try:
        return RunSpec.model_validate(_without_leftovers(spec, changes))
    except ValidationError as error:
        errors = [at_its_path(field_error(item, RunSpec, spec), spec, changes) for item in _items(error)]
        raise Invalid(sentence(errors[0].msg), errors) from error


def value_at(spec: Json, path: str) -> Any:
    """Returns the value at a path, None where there is none."""
    value: Any = spec
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _set(spec: Json, base: RunSpec, path: str, value: Any) -> None:
    *keys, last = path.split(".")
    parent = spec
    for key in keys:
        if parent.get(key) is None:
            parent[key] = {}  # such as early stopping, which the base may not have
        parent = parent[key]
        if not isinstance(parent, dict):
            raise _invalid(path, f"{path} is not a field of a spec: {key} has no parts; give a path below an object")
    if _chooses_form(base, path) and parent.get(last) != value:
        part = _part(base, keys)
        parent.clear()
        parent.update(part.model_dump(mode="json", by_alias=True, exclude_defaults=True) if part else {})
    parent[last] = value


def _part(base: RunSpec, keys: Sequence[str]) -> Part | None:
    part: Any = base
    for key in keys:
        part = getattr(part, key, None)
    return part if isinstance(part, Part) else None


def _chooses_form(base: RunSpec, path: str) -> bool:
    """Returns whether the field at `path` is the key that chooses a part's form: each form has only its own name."""
    *keys, last = path.split(".")
    part = _part(base, keys)
    fields = type(part).model_fields if part else {}
    field = next((field for name, field in fields.items() if last in (name, field.alias)), None)
    return field is not None and get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1


def _without_leftovers(spec: Json, changes: Mapping[str, Any]) -> Json:
    """Removes fields that the changed form of a part doesn't have, except those that are changed themselves."""
    try:
        RunSpec.model_validate(spec)
    except ValidationError as error:
        for item in _items(error):
            loc = field_error(item, RunSpec, spec).loc
            if item["type"] == FOREIGN and not _path_of(loc, changes):
                del _object_at(spec, loc[:-1])[loc[-1]]
    return spec


def _object_at(spec: Json, loc: Sequence[str | int]) -> Any:
    value: Any = spec
    for key in loc:
        value = value[key]
    return value


def _items(error: ValidationError) -> list[Any]:
    return [{**item, "loc": ("body", *item["loc"])} for item in error.errors()]


def at_its_path(error: FieldError, spec: Json, changes: Mapping[str, Any]) -> FieldError:
    """Returns an error about a changed spec, at the path in the space that it comes from."""
    path = _path_of(error.loc, changes)
    if path is None:
        return FieldError(["spec", *error.loc], error.msg)
    return FieldError(["space", path], f"{path} can't be {quoted(changes[path])}{_where(spec, path)}: {error.msg}")


def _path_of(loc: Sequence[str | int], changes: Mapping[str, Any]) -> str | None:
    """Returns the changed path that an error is about: the error is at the path, below it, or at a missing parent."""
    place = ".".join(map(str, loc))
    near = (path for path in changes if f"{path}.".startswith(f"{place}.") or f"{place}.".startswith(f"{path}."))
    return next(near, None) if place else None


def _where(spec: Json, path: str) -> str:
    """Returns the form of the part that a path belongs to: ` where optimizer.name is "adam"`."""
    parent = path.rpartition(".")[0]
    part = value_at(spec, parent) if parent else None
    for key in ("name", "preset", "from"):
        if isinstance(part, dict) and key in part and f"{parent}.{key}" != path:
            return f" where {parent}.{key} is {quoted(part[key])}"
    if parent.endswith("options"):
        return _where(spec, parent)
    return ""


def _invalid(path: str, message: str) -> Invalid:
    return Invalid(sentence(message), [FieldError(["space", path], message)])
