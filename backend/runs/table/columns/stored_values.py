"""Reads the values of all fields of runs. JSON is decoded once, where a database does it for each field."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from backend.db.models import Run, SearchText
from backend.runs.table.fields import FIELDS, Kind, RunField
from backend.runs.table.values import labelled

SEARCHED = "search"  # the name of the texts that `q` searches
SEARCHED_TEXTS = select(SearchText.text).where(SearchText.run_id == Run.id).scalar_subquery()
PLAIN = [field for field in FIELDS.values() if not field.keys]
WITHIN_JSON = [field for field in FIELDS.values() if field.keys]
DOCUMENTS = tuple(dict.fromkeys(field.keys[0] for field in WITHIN_JSON))  # the columns of JSON
ALL_VALUES = select(SEARCHED_TEXTS.label(SEARCHED), *labelled(PLAIN), *(getattr(Run, column) for column in DOCUMENTS))
NO_OBJECT: Mapping[str, Any] = {}

Objects = Sequence[Mapping[str, Any]]  # one of each run


def values_by_path(rows: Sequence[Row[Any]]) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yields SEARCHED and the path of each field, each with the values that rows of `ALL_VALUES` have."""
    paths = [SEARCHED, *(field.path for field in PLAIN)]
    values = list(zip(*rows, strict=True))
    yield from zip(paths, values, strict=False)
    objects: dict[tuple[str, ...], Objects] = {
        (column,): [document or NO_OBJECT for document in documents]
        for column, documents in zip(DOCUMENTS, values[len(paths) :], strict=True)
    }
    for field in WITHIN_JSON:
        yield field.path, _values(field, objects)


def _values(field: RunField, objects: dict[tuple[str, ...], Objects]) -> Sequence[Any]:
    key, read = field.keys[-1], READERS.get(field.kind)
    values = [values.get(key) for values in _objects(field.keys[:-1], objects)]
    return values if read is None else [None if value is None else read(value) for value in values]


def _objects(keys: tuple[str, ...], objects: dict[tuple[str, ...], Objects]) -> Objects:
    """Returns what the runs have at some keys; empty objects for those that have none."""
    if keys not in objects:
        values = [values.get(keys[-1]) for values in _objects(keys[:-1], objects)]
        objects[keys] = [value if isinstance(value, dict) else NO_OBJECT for value in values]
    return objects[keys]


def _boolean(value: Any) -> float:
    """Returns 1 also for a part that may be absent."""
    return float(value is not False)


def _text(value: Any) -> str:
    """Returns a list or an object as the expression of its field does, without spaces."""
    return value if isinstance(value, str) else json.dumps(value).replace(", ", ",").replace(": ", ":")


READERS: Mapping[Kind, Callable[[Any], Any]] = {"boolean": _boolean, "text": _text}
