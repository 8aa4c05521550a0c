"""Which runs were changed since a version of the table, from the log that triggers of the database write.

A version is a number of that log in SQLite, where transactions write one after the other; in PostgreSQL it is the id of
a transaction.
"""

from sqlalchemy import ColumnElement, Integer, delete, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from backend.db.engine import Database
from backend.db.models import RunChange

KEPT_CHANGES = 100_000  # the newest ones of the log, 5 MB
# All transactions before it have ended, so that whatever they changed is seen.
OLDEST_TRANSACTION = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", Integer())
# No transaction from it on has begun.
NEXT_TRANSACTION = literal_column("pg_snapshot_xmax(pg_current_snapshot())::text::bigint", Integer())


class ForgottenChanges(Exception):
    """The log does not have everything since a version any more."""


def next_version(session: Session) -> int:
    """Returns the version from which on `changes_since` has what this session does not see yet.

    In PostgreSQL it may have changes that the session does see, while an older transaction is open.
    """
    if _is_sqlite(session):
        return session.execute(select(func.coalesce(func.max(RunChange.version), 0) + 1)).scalar_one()
    return session.execute(select(OLDEST_TRANSACTION)).scalar_one()


def changes_since(session: Session, version: int) -> set[tuple[int, str]]:
    """Returns the versions and the ids of the runs that were launched, changed or deleted since `version`.

    Raises:
        ForgottenChanges: No entry of the log is that old.
    """
    since = select(RunChange.version, RunChange.run_id).where(RunChange.version >= version)
    changes = {(changed, run_id) for changed, run_id in session.execute(since)}
    # Asked afterwards, because between two statements of PostgreSQL another process may delete entries.
    if changes and (session.scalar(select(func.min(RunChange.version))) or 0) > version:
        raise ForgottenChanges
    return changes


def forget_old_changes(database: Database) -> None:
    """Deletes all but the newest entries of the log."""
    with database.read() as session:
        is_old = _is_old(session)
        if session.scalar(select(RunChange.version).where(is_old).limit(1)) is None:
            return
    with database.write() as session:
        session.execute(delete(RunChange).where(is_old))


def _is_old(session: Session) -> ColumnElement[bool]:
    """Returns the condition of entries that are not kept, also those of another server, whose dump was restored."""
    newer = aliased(RunChange)
    kept = select(newer.version).order_by(newer.version.desc()).offset(KEPT_CHANGES - 1).limit(1).scalar_subquery()
    is_old = RunChange.version < kept
    return is_old if _is_sqlite(session) else is_old | (RunChange.version >= NEXT_TRANSACTION)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
