"""Indexes of the fields of runs that are no indexed columns, so that each filter and order of the table is fast.

They are made in the background once a board has many runs: a new option of the catalog is a field at once, and gets its
index without a migration. Without one the same answers only take longer.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select, text

from backend.db.engine import Database
from backend.db.models import SORTED, Run
from backend.runs.table.fields import FIELDS, RunField

MIN_RUNS = 500  # below, a field of all runs is read in a millisecond
# Fields without an index. PostgreSQL refuses a row if a value in an index is longer than a third of a page.
WITHOUT = {"sqlite": ("notes",), "postgresql": ("notes", "tags", "class_weights")}
NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname FROM pg_indexes",
}


def create_field_indexes(database: Database) -> None:
    """Creates the indexes that are missing, each in a transaction of its own: none blocks writers for long."""
    for field in _without_index(database):
        with database.write() as session:
            connection = session.connection()
            connection.exec_driver_sql(_statement(connection, field))


def _without_index(database: Database) -> list[RunField]:
    with database.read() as session:
        if (session.scalar(select(func.count()).select_from(Run)) or 0) < MIN_RUNS:
            return []
        dialect = database.engine.dialect.name
        names = set(session.scalars(text(NAMES[dialect])))
    return [field for field in indexed_fields(dialect) if index_name(field) not in names]


def indexed_fields(dialect: str) -> Iterator[RunField]:
    for field in FIELDS.values():
        if field.path not in WITHOUT[dialect] and getattr(field.expression, "key", None) not in ("id", *SORTED):
            yield field


def _statement(connection: Connection, field: RunField) -> str:
    """Returns the DDL. It has the expression as the statements of the list have it, without the name of the table."""
    compiler = connection.dialect.statement_compiler(connection.dialect, None)
    expression = compiler.process(field.expression, include_table=False, literal_binds=True)
    return f"CREATE INDEX IF NOT EXISTS {index_name(field)} ON {Run.__tablename__} (({expression}), id)"


def index_name(field: RunField) -> str:
    return f"ix_runs_by_{field.path.replace('.', '_').lower()}"
