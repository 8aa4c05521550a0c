"""Reads the values of all fields of runs. JSON is decoded once, where a database does it for each field."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from backend.db.models import Run, SearchText
from backend.runs.table.fields import FIELDS, Kind, RunField
from backend.runs.table.search import SEARCHED
from backend.runs.table.values import labelled

SEARCHED_TEXTS = select(SearchText.text).where(SearchText.run_id == Run.id).scalar_subquery()
NO_OBJECT: Mapping[str, Any] = {}

Objects = Sequence[Mapping[str, Any]]  # one of each run


class StoredValues:
    """The statement that reads some fields of runs, and their values in its rows. `paths` may have SEARCHED."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = frozenset(paths)
        fields = [field for path, field in FIELDS.items() if path in self.paths]
        self._within_json = [field for field in fields if field.keys]
        self._documents = tuple(dict.fromkeys(field.keys[0] for field in self._within_json))  # columns of JSON
        plain = [field for field in fields if not field.keys]
        self._plain = [*(field.path for field in plain), *self.paths & {SEARCHED}]
        texts = [SEARCHED_TEXTS.label(SEARCHED)] if SEARCHED in self.paths else []
        self.statement = select(*labelled(plain), *texts, *(getattr(Run, column) for column in self._documents))

    def by_path(self, rows: Sequence[Row[Any]]) -> Iterator[tuple[str, Sequence[Any]]]:
        """Yields each path with the values that rows of the statement have."""
        values = list(zip(*rows, strict=True))
        yield from zip(self._plain, values, strict=False)
        objects: dict[tuple[str, ...], Objects] = {
            (column,): [document or NO_OBJECT for document in documents]
            for column, documents in zip(self._documents, values[len(self._plain) :], strict=True)
        }
        for field in self._within_json:
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

ALL_VALUES = StoredValues((SEARCHED, *FIELDS))
# Of these each page lists runs before it lists any others: the newest ones, and those that are active.
FIRST_VALUES = StoredValues(("id", "created_at", "status"))
