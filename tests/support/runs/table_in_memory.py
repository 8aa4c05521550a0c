"""Reads the runs table into memory, and all pages of a list of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.models import Run
from backend.runs.table.columns.loaded import columns_if_loaded, columns_of
from backend.runs.table.columns.runs import RunColumns
from backend.runs.table.listing import RunQuery, find_page


def page(session: Session, query: RunQuery) -> tuple[list[str], str | None, int]:
    """Returns what the API lists of a query: ids, the next cursor, and the number of all matches."""
    with columns_if_loaded(session, query) as columns:
        return find_page(session, query, columns)


def pages(database: Database, query: RunQuery) -> Iterator[tuple[Sequence[str], int]]:
    while True:
        with database.read() as session:
            ids, cursor, total = page(session, query)
        yield ids, total
        if cursor is None:
            return
        query = query.model_copy(update={"cursor": cursor})


def in_memory(database: Database) -> RunColumns:
    loaded = columns_of(database.engine)
    loaded.load()
    columns = loaded.columns
    assert columns is not None
    return columns


def set_epoch(database: Database, number: int) -> None:
    with database.write() as session:
        session.execute(update(Run).values(epoch=number))


@contextmanager
def snapshot(database: Database) -> Iterator[Session]:
    """Yields a session that sees one state of the database, as those of SQLite always do."""
    with Session(database.engine) as session:
        if database.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
