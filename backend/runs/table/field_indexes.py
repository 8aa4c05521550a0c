"""Indexes of the fields of runs that are no indexed columns, so that each filter and order of the table is fast.

They are made in the background once a board has many runs: a new option of the catalog is a field at once, and gets its
index without a migration. Without one the same answers only take longer.
"""

from collections.abc import Iterator
from hashlib import sha256

from sqlalchemy import func, select, text

from backend.db.engine import Database
from backend.db.models import SORTED, Run
from backend.runs.table.fields import FIELDS, RunField

PREFIX, MAX_PATH = "ix_runs_by_", 40  # PostgreSQL cuts a name after 63 characters
MIN_RUNS = 500  # below, a field of all runs is read in a millisecond
# Fields without an index. PostgreSQL refuses a row if a value in an index is longer than a third of a page.
WITHOUT = {"sqlite": ("notes",), "postgresql": ("notes", "tags", "class_weights")}
NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname FROM pg_indexes",
}


def create_field_indexes(database: Database) -> None:
    """Drops what no field needs any more and creates what is missing, each in a transaction of its own.

    So none blocks writers for long.
    """
    with database.read() as session:
        if (session.scalar(select(func.count()).select_from(Run)) or 0) < MIN_RUNS:
            return
        existing = {name for name in session.scalars(text(NAMES[database.engine.dialect.name])) if _is_ours(name)}
    expected = expected_indexes(database)
    for name in existing - expected.keys():
        _execute(database, f"DROP INDEX IF EXISTS {name}")
    for name in expected.keys() - existing:
        _execute(database, f"CREATE INDEX IF NOT EXISTS {name} ON {Run.__tablename__} (({expected[name]}), id)")


def expected_indexes(database: Database) -> dict[str, str]:
    """Returns name → expression, as the statements of the list have it, without the name of the table.

    A name has a hash of its expression, so that one that a newer version reads otherwise is made again.
    """
    dialect = database.engine.dialect
    compiler = dialect.statement_compiler(dialect, None)
    indexes = {}
    for field in indexed_fields(dialect.name):
        expression = compiler.process(field.expression, include_table=False, literal_binds=True)
        path = field.path.replace(".", "_").lower()[:MAX_PATH]
        indexes[f"{PREFIX}{path}_{sha256(expression.encode()).hexdigest()[:8]}"] = expression
    return indexes


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIX)


def _execute(database: Database, statement: str) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql(statement)


def indexed_fields(dialect: str) -> Iterator[RunField]:
    for field in FIELDS.values():
        if field.path not in WITHOUT[dialect] and getattr(field.expression, "key", None) not in ("id", *SORTED):
            yield field
