"""Which runs were changed since a version of the table, from the log that triggers of the database write.

A version is a number of that log in SQLite, where transactions write one after the other; in PostgreSQL it is the id of
a transaction.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, bindparam, delete, func, literal_column, select, true
from sqlalchemy.orm import Session, aliased

from backend.db.engine import Database
from backend.db.models import RunChange

KEPT_CHANGES = 100_000  # the newest ones of the log, 5 MB
MANY_CHANGES = 1_000  # changed runs, which are read in some 50 ms: a list does not wait for more
NO_LIMIT = 2**62
# All transactions before it have ended, so that whatever they changed is seen.
OLDEST_TRANSACTION = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", Integer())
# No transaction from it on has begun.
NEXT_TRANSACTION = literal_column("pg_snapshot_xmax(pg_current_snapshot())::text::bigint", Integer())
NEXT_ENTRY = select(func.coalesce(func.max(RunChange.version), 0) + 1).scalar_subquery()


class ForgottenChanges(Exception):
    """The log does not have everything since a version any more."""


class ManyChanges(Exception):
    """More runs were changed than a list waits for."""


class Changes(NamedTuple):
    """What a session sees of the log since a version.

    `entries` has versions and the ids of runs that were launched, changed or deleted. From `next_version` on, the log
    has what the session does not see yet. In PostgreSQL it may have entries that the session does see, while an older
    transaction is open.
    """

    next_version: int
    entries: set[tuple[int, str]]


def _log_since(next_version: ColumnElement[int]) -> Select[Any]:
    """Selects the next version, the oldest one that is kept, and at most `limit` entries since `version`, parameters.

    One statement sees one state of the log; without entries its only row has null for them.
    """
    oldest = select(func.min(RunChange.version)).scalar_subquery()
    log = select(next_version.label("next"), oldest.label("oldest")).subquery()
    entries = _entries().subquery()
    return select(log, entries).select_from(log.outerjoin(entries, true()))


def _entries() -> Select[int, str]:
    """Selects entries since `version`, by an index also if PostgreSQL has no statistics of the log yet.

    It expects a third of all entries then, and without an order it reads all: 12 ms for 100,000.
    """
    entries = select(RunChange.version, RunChange.run_id).where(RunChange.version >= bindparam("version"))
    return entries.order_by(RunChange.version).limit(bindparam("limit", type_=BigInteger()))


LOG_SINCE: Mapping[str, Select[Any]] = {"sqlite": _log_since(NEXT_ENTRY), "postgresql": _log_since(OLDEST_TRANSACTION)}


def next_version(session: Session) -> int:
    """Returns the version from which on the log has what this session does not see yet."""
    statement: Select[int] = select(NEXT_ENTRY if _is_sqlite(session) else OLDEST_TRANSACTION)
    return session.execute(statement).scalar_one()


def changes_since(session: Session, version: int, most: int = NO_LIMIT) -> Changes:
    """Returns what was changed since `version`.

    Raises:
        ForgottenChanges: No entry of the log is that old.
        ManyChanges: The log has more than `most` entries since then.
    """
    statement = LOG_SINCE[session.get_bind().dialect.name]
    rows = session.connection().execute(statement, {"version": version, "limit": most + 1}).all()
    if len(rows) > most:
        raise ManyChanges
    next_version, oldest, *_ = rows[0]
    entries = {(changed, run_id) for _, _, changed, run_id in rows if changed is not None}
    if entries and oldest > version:
        raise ForgottenChanges
    return Changes(next_version, entries)


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
