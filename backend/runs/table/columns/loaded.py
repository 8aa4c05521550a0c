"""The columns of each database that this process reads. Those of many runs are read in the background."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.errors import reason
from backend.db.models import Run
from backend.runs.table.columns.changes import ForgottenChanges, ManyChanges
from backend.runs.table.columns.short_turns import short_turns
from backend.runs.table.columns.stored_values import ALL_VALUES, FIRST_VALUES, StoredValues
from backend.runs.table.filters import RunFilter

if TYPE_CHECKING:
    from backend.runs.table.columns.runs import RunColumns

MIN_RUNS = 500  # below, the database filters and sorts in a millisecond

log = logging.getLogger(__name__)


class LoadedColumns:
    """The columns of one database, which one thread reads or refreshes at a time."""

    def __init__(self, database: Database) -> None:
        self.lock = threading.Lock()
        self.columns: RunColumns | None = None
        self.first: RunColumns | None = None  # FIRST_VALUES only, which answer until all fields are read
        self._outdated: RunColumns | None = None  # which a thread has to bring up to date before they answer
        self._database = database
        self._loading = threading.Lock()

    def load(self) -> None:
        """Reads all runs unless they were read, or waits until another thread has read them."""
        while self.columns is None:
            with self._loading, short_turns:
                if self.columns is None:
                    self._read()

    def refresh(self, session: Session) -> bool:
        """Reads what was changed. Returns False where columns have more than the session sees, and without columns.

        Columns that need more time than a list waits for are put aside. The caller holds the lock.
        """
        try:
            return self.columns is not None and self.columns.refresh(session)
        except ManyChanges:
            self._outdated, self.columns = self.columns, None
        except ForgottenChanges:
            self.columns = None
        return False

    def refresh_for(self, session: Session, query: RunFilter) -> "RunColumns | None":
        """Returns columns that are as the session sees the database and have what a query reads, or None.

        The caller holds the lock.
        """
        if self.columns is not None:
            return self.columns if self.refresh(session) else None
        if self.first is None or not self.first.have(query.paths()):
            return None
        try:
            return self.first if self.first.refresh(session) else None
        except (ManyChanges, ForgottenChanges):
            self.first = None
        return None

    def free_memory(self) -> None:
        """Reads all runs again if most of the columns' texts are of no run any more; lists are answered meanwhile."""
        with self.lock:
            if self.columns is None or not self.columns.is_half_unused():
                return
        with self._loading, short_turns:
            self._publish(self._read_all())

    def _read(self) -> None:
        first = self._read_all(FIRST_VALUES)
        with self.lock:
            self.first = first
            outdated, self._outdated = self._outdated, None
        try:
            self._publish(self._read_changed(outdated) if outdated else self._read_all())
        finally:
            with self.lock:
                self.first = None

    def _publish(self, columns: "RunColumns") -> None:
        with self.lock:
            self.columns, self._outdated = columns, None

    def _read_changed(self, columns: "RunColumns") -> "RunColumns":
        try:
            columns.catch_up(self._database, short_turns.pause)
        except ForgottenChanges:
            return self._read_all()
        return columns

    def _read_all(self, values: StoredValues = ALL_VALUES) -> "RunColumns":
        from backend.runs.table.columns.runs import RunColumns  # here: it imports NumPy

        columns = RunColumns(values)
        columns.load(self._database, short_turns.pause)
        return columns

    def load_if_many(self, session: Session) -> None:
        """Reads many runs in the background, unless a thread does that already. Few runs leave no columns in memory."""
        if self._loading.locked():
            return
        if has_many_runs(session):
            threading.Thread(target=self._try_to_load, name="runs table", daemon=True).start()
        else:
            with self.lock:
                self._outdated = None

    def _try_to_load(self) -> None:
        try:
            self.load()
        except SQLAlchemyError as error:
            log.warning("The runs table could not be read into memory (%s); the next list tries again", reason(error))


_loaded: WeakKeyDictionary[Engine, LoadedColumns] = WeakKeyDictionary()


def columns_of(engine: Engine) -> LoadedColumns:
    return _loaded.get(engine) or _loaded.setdefault(engine, LoadedColumns(Database(engine)))


@contextmanager
def loaded_columns(session: Session) -> Iterator["RunColumns"]:
    """Yields columns that have at least what a read session sees. The first call reads all runs."""
    loaded = columns_of(cast(Engine, session.get_bind()))
    while True:
        loaded.load()
        with loaded.lock:
            loaded.refresh(session)
            if loaded.columns is not None:
                yield loaded.columns
                return


@contextmanager
def columns_if_loaded(session: Session, query: RunFilter) -> Iterator["RunColumns | None"]:
    """Yields columns as a read session sees the database, or None if the query has to read the database itself.

    That is while they do not have what it reads, those of many runs being read in the background, and where they have
    more than the session sees.
    """
    loaded = columns_of(cast(Engine, session.get_bind()))
    with loaded.lock:
        if (columns := loaded.refresh_for(session, query)) is not None:
            yield columns
            return
    if loaded.columns is None:
        loaded.load_if_many(session)
    yield None


def keep_loaded(database: Database) -> None:
    """Reads many runs in the background, unless they are read already, and frees what the columns do not need."""
    with database.read() as session, columns_if_loaded(session, RunFilter()):
        pass
    columns_of(database.engine).free_memory()


def has_many_runs(session: Session) -> bool:
    return session.scalar(select(Run.id).offset(MIN_RUNS - 1).limit(1)) is not None
