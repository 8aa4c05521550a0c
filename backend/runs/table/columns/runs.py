"""All runs as arrays, read once and then kept as the database is."""

from collections.abc import Callable, Sequence, Set
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.models import Run
from backend.runs.table.columns.arrays import Array, Keys, Mask, NumberColumn, Positions
from backend.runs.table.columns.changes import MANY_CHANGES, Changes, ManyChanges, changes_since, next_version
from backend.runs.table.columns.kept_json import KeptJson
from backend.runs.table.columns.masks import masks_of
from backend.runs.table.columns.order import first
from backend.runs.table.columns.search_column import SearchColumn
from backend.runs.table.columns.stored_values import ALL_VALUES, StoredValues
from backend.runs.table.columns.texts import Column, TextColumn
from backend.runs.table.fields import FIELDS
from backend.runs.table.filters import RunFilter
from backend.runs.table.search import SEARCHED

BATCH = 500  # runs that one statement reads
Pause = Callable[[], object]  # called every fraction of a millisecond by those who read many runs
SPARE_TEXTS = 1_000  # that no run has any more are kept in any case


def no_pause() -> None:
    """Lists read few runs without a pause."""


class RunColumns:
    """A column for each field that is read. A run keeps its position in all of them until it is deleted."""

    def __init__(self, values: StoredValues = ALL_VALUES) -> None:
        self._values = values
        self._ids = TextColumn()  # a position is the number of an id
        self.columns: dict[str, Column] = {
            path: TextColumn() if FIELDS[path].kind == "text" else NumberColumn() for path in values.paths - {SEARCHED}
        }
        self.columns["id"] = self._ids
        self._search = SearchColumn()
        self._written: dict[str, Column | SearchColumn] = {SEARCHED: self._search, **self.columns}
        self.json = KeptJson()
        self._exists = Array(np.bool_(False))
        self._version = 0
        self._seen: set[tuple[int, str]] = set()  # changes that were read, some of which may be listed again

    def have(self, paths: Set[str]) -> bool:
        """Returns whether these fields are read, among them SEARCHED."""
        return paths <= self._values.paths

    def load(self, database: Database, pause: Pause = no_pause) -> None:
        """Reads all runs, in short transactions. What is changed between them is read by the first `refresh`."""
        with database.read() as session:
            self._version = next_version(session)
            self._resize(1 + session.execute(select(func.count()).select_from(Run)).scalar_one())
        last = ""
        while True:
            with database.read() as session:
                last = self._read(session, Run.id > last, pause) or ""
            if not last:
                break
        for column in self._written.values():
            pause()
            column.compact()

    def refresh(self, session: Session) -> bool:
        """Reads the runs that were changed. Returns False, and reads nothing, if the session sees an older state.

        Raises:
            ForgottenChanges: It can't be known which runs were changed.
            ManyChanges: There are more than MANY_CHANGES, and none was read. `catch_up` reads them.
        """
        changes = changes_since(session, self._version, MANY_CHANGES + len(self._seen))
        if changes.next_version < self._version:
            return False
        ids = self._unread(changes)
        if len(ids) > MANY_CHANGES:
            raise ManyChanges
        for start in range(0, len(ids), BATCH):
            self._read_again(session, ids[start : start + BATCH])
        self._keep_version(changes)
        return True

    def catch_up(self, database: Database, pause: Pause = no_pause) -> None:
        """Reads the runs that were changed, in short transactions. Raises ForgottenChanges as `refresh`."""
        with database.read() as session:
            changes = changes_since(session, self._version)
        ids = self._unread(changes)
        for start in range(0, len(ids), BATCH):
            with database.read() as session:
                self._read_again(session, ids[start : start + BATCH], pause)
        self._keep_version(changes)

    def _keep_version(self, changes: Changes) -> None:
        self._version = changes.next_version
        self._seen = {entry for entry in changes.entries if entry[0] >= self._version}

    def _unread(self, changes: Changes) -> Sequence[str]:
        return sorted({run_id for _, run_id in changes.entries - self._seen})  # neighbours lie on one page

    def _read_again(self, session: Session, run_ids: Sequence[str], pause: Pause = no_pause) -> None:
        """Reads runs, some of which may be deleted."""
        self.json.drop(run_ids)
        positions = self._ids.numbers(run_ids)
        self._exists.write(positions, [False] * len(positions))
        self._read(session, Run.id.in_(run_ids), pause)

    def _read(self, session: Session, condition: ColumnElement[bool], pause: Pause) -> str | None:
        """Reads at most BATCH runs, in the order of their ids, and returns the last id."""
        statement = self._values.statement.where(condition)
        rows = session.connection().execute(statement.order_by(Run.id).limit(BATCH)).all()
        if not rows:
            return None
        values_of: dict[str, Sequence[Any]] = {}
        for path, values in self._values.by_path(rows):
            pause()
            values_of[path] = values
        positions = np.array([self._ids.number(run_id) for run_id in values_of["id"]])
        if (last := int(positions.max())) >= len(self._exists.values):
            self._resize(last + last // 8 + BATCH)
        for path, values in values_of.items():
            pause()
            self._written[path].write(positions, values)
        self._exists.write(positions, [True] * len(positions))
        return str(values_of["id"][-1])

    def is_half_unused(self) -> bool:
        """Returns whether a field has more texts that no run has any more than runs: of deleted runs, of old notes."""
        texts = max(column.count for column in self._written.values() if not isinstance(column, NumberColumn))
        return texts > 2 * int(np.count_nonzero(self._exists.values)) + SPARE_TEXTS

    def _resize(self, size: int) -> None:
        for array in (self._exists, *self._written.values()):
            array.resize(size)

    def matching(self, runs: RunFilter) -> Positions:
        """Returns the positions of matching runs.

        Raises:
            Invalid: A condition of the filter is not allowed.
        """
        masks = [self._exists.values, *masks_of(runs, self.columns, self._search)]
        if runs.id:
            masks.append(self._with_ids(runs.id))
        return np.flatnonzero(np.logical_and.reduce(masks))

    def _with_ids(self, run_ids: Sequence[str]) -> Mask:
        mask = np.zeros_like(self._exists.values)
        mask[self._ids.numbers(run_ids)] = True
        return mask

    def ids(self, runs: Positions) -> list[str]:
        return [self._ids.text(position) for position in runs.tolist()]

    def in_order(
        self,
        runs: Positions,
        path: str,
        descending: bool,
        after: tuple[Any, str] | None = None,
        limit: int | None = None,
    ) -> Positions:
        """Returns the first runs in the order of a field, null last, after a value and an id if they are given."""
        sign = -1.0 if descending else 1.0
        column = self.columns[path]

        def ids(some: Positions) -> Keys:
            return sign * self._ids.keys(some)

        keys = sign * column.keys(runs)
        keys[np.isnan(keys)] = np.inf
        if after is not None:
            value, run_id = after
            key = np.inf if value is None else sign * column.key(value)
            is_later, equal = keys > key, np.flatnonzero(keys == key)
            is_later[equal] = ids(runs[equal]) > sign * self._ids.key(run_id)
            runs, keys = runs[is_later], keys[is_later]
        return first(runs, keys, ids, limit)
