"""Opens and migrates the database, SQLite or PostgreSQL, for the service, the workers and their trainers."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pysqlite3
from pydantic_core import from_json
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.db.connection_check import ConnectionCheck
from backend.db.errors import NO_ANSWER, reason
from backend.db.sqlite_file import SqliteFile
from backend.errors import NotFound
from backend.settings import Settings

T = TypeVar("T")
log = logging.getLogger(__name__)

# Before 3.51.3 two connections in WAL mode can lose a committed write (sqlite.org/wal.html, "WAL-reset bug").
SAFE_WAL = (3, 51, 3)
PRAGMAS = (
    "busy_timeout=10000",  # milliseconds; first, because the next ones may already wait for a lock
    "synchronous=FULL",
    "foreign_keys=ON",
    "journal_size_limit=67108864",
    "temp_store=MEMORY",
)
SERVICE_THREADS = 40  # each may have a connection, so that no read waits for one that waits for the writer's lock
RETRY_SECONDS = 1.0  # between two attempts of `persist`
MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x6570_6F63_6862_6F61  # key of a PostgreSQL advisory lock: "epochboa" in ASCII


@dataclass(frozen=True)
class Database:
    """Opens sessions. A `write` session is one transaction, committed when its block ends."""

    engine: Engine

    @contextmanager
    def write(self) -> Iterator[Session]:
        # A deferred SQLite transaction that reads and then writes fails if another connection wrote in between.
        engine = self.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        with Session(engine, expire_on_commit=False) as session, session.begin():
            session.connection()  # begins now: the block starts when SQLite's lock is held
            yield session

    def persist(
        self, write: Callable[[Session], T], before_retry: Callable[[SQLAlchemyError], object] = lambda _error: None
    ) -> T:
        """Runs `write` in a transaction and returns its result; tries again while the database does not answer.

        For a process with nothing else to do that has files on disk, which a failure would waste. `before_retry` is
        called with each error.
        """
        while True:
            try:
                with self.write() as session:
                    return write(session)
            except NO_ANSWER as error:
                log.warning("the database did not answer (%s); trying again", reason(error))
                before_retry(error)
                time.sleep(RETRY_SECONDS)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yields a session that sees one state of SQLite, and of PostgreSQL what is committed before each statement.

        There it has no transaction: `BEGIN` and `ROLLBACK` are two more questions, and after `ROLLBACK` psycopg forgets
        the statements that it has prepared.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            if self.engine.dialect.name == "postgresql":
                session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            yield session


def read_again(session: Session, read: Callable[[Session], T]) -> T:
    """Returns the result of `read`; where that raises NotFound, the result with what the database has now.

    A session sees the rows as they were when it began. A file that they name may have been replaced or deleted since.
    """
    try:
        return read(session)
    except NotFound:
        with Session(session.get_bind(), expire_on_commit=False) as later:
            return read(later)


def read_json(text: str | bytes) -> Any:
    """Decodes JSON in half of the time of `json`, which reads lone surrogates too: a traceback may name such a file."""
    try:
        return from_json(text)
    except ValueError:
        return json.loads(text)


def open_database(settings: Settings, *, create: bool = False) -> Database:
    """Opens the database that `migrate` has made; only with `create` a missing file of SQLite is made."""
    url = settings.sqlalchemy_url
    return Database(_sqlite(url, create=create) if url.startswith("sqlite") else _postgresql(url))


def _sqlite(url: str, *, create: bool) -> Engine:
    engine = create_engine(
        url, module=pysqlite3, pool_size=5, max_overflow=SERVICE_THREADS - 5, json_deserializer=read_json
    )
    if not create:
        SqliteFile(Path(engine.url.database or "")).watch(engine)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(url: str) -> Engine:
    engine = create_engine(
        url,
        json_deserializer=read_json,
        pool_use_lifo=True,  # the connection that was used last has the most statements prepared
        pool_recycle=1800,
        # A network that drops packets must not block a supervisor beyond its lease.
        connect_args={
            "connect_timeout": 5,
            "tcp_user_timeout": 5000,
            "options": "-c lock_timeout=5s -c statement_timeout=10s",
        },
    )
    ConnectionCheck(engine)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # `_begin_sqlite` begins transactions, not the driver
    mode = "WAL" if pysqlite3.sqlite_version_info >= SAFE_WAL else "TRUNCATE"
    for pragma in (PRAGMAS[0], f"journal_mode={mode}", *PRAGMAS[1:]):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("lower", 1, _lower, deterministic=True)  # its own knows A to Z only


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


def migrate(settings: Settings) -> None:
    """Upgrades the schema to the newest version. Concurrent calls, of other processes too, wait for each other."""
    from alembic import command  # here, since most processes open a database that is migrated already
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings, create=True)
    engine = database.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
    try:
        with engine.begin() as connection:
            _lock_migration(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        database.engine.dispose()


def _lock_migration(connection: Connection) -> None:
    """Takes a lock on PostgreSQL, without timeouts; an immediate transaction of SQLite has already waited."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
