"""Which runs were changed since a version of the table, from the log that triggers of the database write.

A version is a number of that log in SQLite, where transactions write one after the other; in PostgreSQL it is the id of
a transaction. The log has everything since KEPT_VERSIONS.
"""

from collections.abc import Sequence

from sqlalchemy import Integer, delete, func, literal_column, select
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.models import RunChange

KEPT_VERSIONS = 100_000
# All transactions before it have ended, so that whatever they changed is seen.
OLDEST_TRANSACTION = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def next_version(session: Session) -> int:
    """Returns the version from which on `changed_ids` has what this session does not see yet.

    PostgreSQL may list changes again that the session does see.
    """
    if session.get_bind().dialect.name == "sqlite":
        return session.execute(select(func.coalesce(func.max(RunChange.version), 0) + 1)).scalar_one()
    return session.execute(select(literal_column(OLDEST_TRANSACTION, Integer()))).scalar_one()


def changed_ids(session: Session, version: int) -> Sequence[str]:
    """Returns the ids of the runs that were launched, changed or deleted since `version`."""
    return session.scalars(select(RunChange.run_id).where(RunChange.version >= version).distinct()).all()


def forget_old_changes(database: Database) -> None:
    """Deletes what is too old. What lies in the future is of another PostgreSQL server, whose dump was restored."""
    with database.read() as session:
        version = next_version(session)
        is_old = ~RunChange.version.between(version - KEPT_VERSIONS, version + KEPT_VERSIONS)
        if session.scalar(select(RunChange.version).where(is_old).limit(1)) is None:
            return
    with database.write() as session:
        session.execute(delete(RunChange).where(is_old))
