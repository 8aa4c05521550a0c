"""Brings the database to this version as the service starts, without keeping Alembic in its memory."""

import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend.db.engine import MIGRATIONS, migrate, open_database
from backend.db.errors import reason
from backend.settings import Settings

STARTUP_FAILURE = 3  # exit code of a process that uvicorn, where it starts several, does not start again


class NotMigrated(Exception):
    """The database does not have the tables of this version. The message says why."""


@contextmanager
def migrating(settings: Settings) -> Iterator[None]:
    """Migrates a database that is new or has another version, in a forked process beside the block.

    That keeps Alembic out of the memory of this process (10 MB), and its import out of the time of a first start.

    Raises:
        SystemExit: The database can't be migrated; the forked process has printed why.
    """
    if stored_version(settings) == newest_version():
        yield
        return
    process = multiprocessing.get_context("fork").Process(target=_migrate, args=(settings,))
    process.start()
    yield
    process.join()
    if process.exitcode != 0:
        raise SystemExit(STARTUP_FAILURE)


def newest_version() -> str:
    """Returns the number in the name of the last migration, which is its revision as well."""
    return max(file.name for file in (MIGRATIONS / "versions").glob("*.py")).partition("_")[0]


def stored_version(settings: Settings) -> str | None:
    """Returns the version of the database; None if there is none yet, or if it can't be read."""
    database = open_database(settings)
    try:
        with database.read() as session:
            version: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
            return version
    except SQLAlchemyError:
        return None
    finally:
        database.engine.dispose()


def migrate_database(settings: Settings) -> None:
    """Migrates the database in this process.

    Raises:
        NotMigrated: It can't be opened or changed, or a newer version of the board has migrated it.
    """
    from alembic.util import CommandError

    try:
        migrate(settings)
    except SQLAlchemyError as error:
        raise NotMigrated(f"The database can't be migrated: {reason(error)} (EPOCHBOARD_DATABASE_URL).") from error
    except CommandError:
        raise NotMigrated(
            f"The database has version {stored_version(settings)}, which this program does not know: its own is "
            f"{newest_version()}. Start the newer program that has migrated it, or choose another data folder."
        ) from None


def _migrate(settings: Settings) -> None:
    try:
        migrate_database(settings)
    except NotMigrated as error:
        sys.exit(str(error))
