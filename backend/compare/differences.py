"""Compares specs field by field: which settings differ, and which are the same."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from backend.compare.schemas import Difference
from backend.db.models import Json
from backend.spec import RunSpec

Fields = dict[str, Any]
"""Values by dotted path, such as `optimizer.learning_rate`."""


def differences(specs: Sequence[Json]) -> tuple[list[Difference], Fields]:
    """Returns the fields that differ, in the order of the specs, and those that all have in common.

    A field that a spec does not have, such as `momentum` of Adam, is null there. A part that only some specs have, such
    as the augmentation, differs in its fields.
    """
    complete = [flatten(_complete(spec)) for spec in specs]
    chosen = [flatten(_without_defaults(spec)) for spec in specs]
    different: list[Difference] = []
    common: Fields = {}
    paths = dict.fromkeys(path for fields in complete for path in fields)
    parts = {path[:end] for path in paths for end, letter in enumerate(path) if letter == "."}
    for path in paths:
        values = [fields.get(path) for fields in complete]
        if all(value == values[0] for value in values):
            if path not in parts:
                common[path] = values[0]
        else:
            defaults = [path in all_ and path not in few for all_, few in zip(complete, chosen, strict=True)]
            different.append(Difference(path=path, values=values, defaults=defaults))
    return different, common


def flatten(spec: Json) -> Fields:
    """Returns the values of a spec by dotted path. A list is one value."""
    return dict(_leaves(spec, ""))


def _leaves(part: Json, prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in part.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _complete(spec: Json) -> Json:
    """Returns a stored spec with the defaults of fields that are newer than it."""
    parsed = _parse(spec)
    return parsed.as_json() if parsed else spec


def _without_defaults(spec: Json) -> Json:
    parsed = _parse(spec)
    return parsed.model_dump(mode="json", by_alias=True, exclude_defaults=True) if parsed else spec


def _parse(spec: Json) -> RunSpec | None:
    try:
        return RunSpec.model_validate(spec)
    except ValidationError:  # of a version that allowed what this one refuses
        return None
