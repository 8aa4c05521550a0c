"""The columns of each database that this process reads. Those of many runs are read in the background."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.models import Run

if TYPE_CHECKING:
    from backend.runs.table.columns.runs import RunColumns

MIN_RUNS = 500  # below, the database filters and sorts in a millisecond

log = logging.getLogger(__name__)


class LoadedColumns:
    """The columns of one database, which one thread reads or refreshes at a time."""

    def __init__(self, database: Database) -> None:
        self.lock = threading.Lock()
        self.columns: RunColumns | None = None
        self._database = database
        self._loading = threading.Lock()

    def load(self) -> None:
        """Reads all runs unless they were read, or waits until another thread has read them."""
        with self._loading:
            if self.columns is None:
                self.columns = self.read()

    def read(self) -> "RunColumns":
        from backend.runs.table.columns.runs import RunColumns  # here: it imports NumPy

        columns = RunColumns()
        columns.load(self._database)
        return columns

    def load_in_background(self) -> None:
        if not self._loading.locked():
            threading.Thread(target=self._try_to_load, name="runs table", daemon=True).start()

    def _try_to_load(self) -> None:
        try:
            self.load()
        except SQLAlchemyError as error:
            log.warning("The runs table could not be read into memory (%s); the next list tries again", error)


_loaded: WeakKeyDictionary[Engine, LoadedColumns] = WeakKeyDictionary()


def columns_of(engine: Engine) -> LoadedColumns:
    if (loaded := _loaded.get(engine)) is None:
        loaded = _loaded[engine] = LoadedColumns(Database(engine))
    return loaded


@contextmanager
def loaded_columns(session: Session) -> Iterator["RunColumns"]:
    """Yields the columns as the session sees the database. The first call reads all runs."""
    loaded = columns_of(cast(Engine, session.get_bind()))
    loaded.load()
    with loaded.lock:
        if loaded.columns is None or not loaded.columns.refresh(session):
            loaded.columns = loaded.read()
        yield loaded.columns


@contextmanager
def columns_if_loaded(session: Session) -> Iterator["RunColumns | None"]:
    """Yields the same, or None while there are none: those of many runs are then read in the background."""
    loaded = columns_of(cast(Engine, session.get_bind()))
    with loaded.lock:
        if loaded.columns is not None and not loaded.columns.refresh(session):
            loaded.columns = None
        if loaded.columns is None and has_many_runs(session):
            loaded.load_in_background()
        yield loaded.columns


def load_if_many(database: Database) -> None:
    """Reads many runs in the background, unless they are read already."""
    with database.read() as session, columns_if_loaded(session):
        pass


def has_many_runs(session: Session) -> bool:
    return (session.scalar(select(func.count()).select_from(Run)) or 0) >= MIN_RUNS
