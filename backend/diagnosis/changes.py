"""Applies changes by path to a spec."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from backend.spec import RunSpec


def changed(spec: RunSpec, changes: Mapping[str, Any]) -> RunSpec | None:
    """Returns the spec with these values at their dotted paths, or None if there can be no such spec."""
    body = spec.as_json()
    for path, value in changes.items():
        *parents, key = path.split(".")
        part = body
        for parent in parents:
            part = part[parent]
        part[key] = value
    try:
        return RunSpec.model_validate(body)
    except ValidationError:
        return None
