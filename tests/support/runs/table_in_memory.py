"""Reads the runs table into memory, and all pages of a list of it."""

from collections.abc import Iterator, Sequence

from sqlalchemy import update

from backend.db.engine import Database
from backend.db.models import Run
from backend.runs.table import listing
from backend.runs.table.columns.loaded import columns_of
from backend.runs.table.columns.runs import RunColumns
from backend.runs.table.listing import RunQuery


def pages(database: Database, query: RunQuery) -> Iterator[tuple[Sequence[str], int]]:
    while True:
        with database.read() as session:
            ids, cursor, total = listing.page(session, query)
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
