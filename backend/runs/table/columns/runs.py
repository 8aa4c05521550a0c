"""All runs as arrays, read once and then kept as the database is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.models import Run, SearchText
from backend.runs.table.columns.arrays import Array, Mask, NumberColumn, Positions
from backend.runs.table.columns.changes import changes_since, next_version
from backend.runs.table.columns.masks import SEARCHED, masks_of
from backend.runs.table.columns.order import first
from backend.runs.table.columns.texts import Column, TextColumn
from backend.runs.table.fields import FIELDS
from backend.runs.table.filters import RunFilter
from backend.runs.table.values import labelled

BATCH = 500  # runs that one statement reads
SPARE_TEXTS = 1_000  # that no run has any more are kept in any case
SEARCHED_TEXTS = select(SearchText.text).where(SearchText.run_id == Run.id).scalar_subquery()
ALL_VALUES = select(SEARCHED_TEXTS.label(SEARCHED), *labelled([*FIELDS.values()]))


class RunColumns:
    """A column for each field. A run keeps its position in all of them until it is deleted."""

    def __init__(self) -> None:
        self._ids = TextColumn()  # a position is the number of an id
        self.columns: dict[str, Column] = {SEARCHED: TextColumn()}
        for path, field in FIELDS.items():
            self.columns[path] = TextColumn() if field.kind == "text" else NumberColumn()
        self.columns["id"] = self._ids
        self._exists = Array(np.bool_(False))
        self._version = 0
        self._seen: set[tuple[int, str]] = set()  # changes that were read, some of which may be listed again

    def load(self, database: Database) -> None:
        """Reads all runs, in short transactions. What is changed between them is read by the first `refresh`."""
        with database.read() as session:
            self._version = next_version(session)
            self._resize(1 + session.execute(select(func.count()).select_from(Run)).scalar_one())
        last = ""
        while True:
            with database.read() as session:
                last = self._read(session, Run.id > last) or ""
            if not last:
                break
        for column in self.columns.values():
            column.compact()

    def refresh(self, session: Session) -> bool:
        """Reads the runs that were changed. Returns False, and reads nothing, if the session sees an older state.

        Raises:
            ForgottenChanges: It can't be known which runs were changed.
        """
        version = next_version(session)
        if version < self._version:
            return False
        changes = changes_since(session, self._version)
        ids = list({run_id for _, run_id in changes - self._seen})
        for start in range(0, len(ids), BATCH):
            self._remove(batch := ids[start : start + BATCH])
            self._read(session, Run.id.in_(batch))
        self._version, self._seen = version, changes
        return True

    def _remove(self, run_ids: Sequence[str]) -> None:
        positions = self._ids.numbers(run_ids)
        self._exists.write(positions, [False] * len(positions))

    def _read(self, session: Session, condition: ColumnElement[bool]) -> str | None:
        """Reads at most BATCH runs, in the order of their ids, and returns the last id."""
        rows = session.connection().execute(ALL_VALUES.where(condition).order_by(Run.id).limit(BATCH)).all()
        if not rows:
            return None
        values_of = dict(zip(self.columns, zip(*rows, strict=True), strict=True))
        positions = [self._ids.number(run_id) for run_id in values_of["id"]]
        if (last := max(positions)) >= len(self._exists.values):
            self._resize(last + last // 8 + BATCH)
        for path, values in values_of.items():
            self.columns[path].write(positions, values)
        self._exists.write(positions, [True] * len(positions))
        return str(values_of["id"][-1])

    def is_half_unused(self) -> bool:
        """Returns whether a field has more texts that no run has any more than runs: of deleted runs, of old notes."""
        texts = max(column.count for column in self.columns.values() if isinstance(column, TextColumn))
        return texts > 2 * int(np.count_nonzero(self._exists.values)) + SPARE_TEXTS

    def _resize(self, size: int) -> None:
        for array in (self._exists, *self.columns.values()):
            array.resize(size)

    def matching(self, runs: RunFilter) -> Positions:
        """Returns the positions of matching runs.

        Raises:
            Invalid: A condition of the filter is not allowed.
        """
        masks = [self._exists.values, *masks_of(runs, self.columns)]
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
        keys, ids = sign * column.keys()[runs], sign * self._ids.keys()[runs]
        if after is not None:
            value, run_id = after
            key, last_id = (np.nan if value is None else sign * column.key(value)), sign * self._ids.key(run_id)
            is_equal = np.isnan(keys) if value is None else keys == key
            is_later = (keys > key) | (np.isnan(keys) & (value is not None)) | (is_equal & (ids > last_id))
            runs, keys, ids = runs[is_later], keys[is_later], ids[is_later]
        return first(runs, keys, ids, limit)
