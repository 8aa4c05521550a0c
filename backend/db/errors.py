"""What a database error means: which errors pass by themselves, and the message of the database."""

from sqlalchemy import exc

NO_ANSWER = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
"""Locked, full, not reachable or closed: the same transaction may succeed later. Other errors are defects."""


def reason(error: exc.SQLAlchemyError) -> str:
    """Returns the message of the database, without the statement: `database is locked`."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def is_full(error: BaseException) -> bool:
    """Returns whether the disk of the database is full.

    SQLite then rolls back by itself, and the error may be about a savepoint that is gone, raised while the first one
    was handled.
    """
    is_about_room = any(text in str(error) for text in ("disk is full", "No space left"))
    return is_about_room or (error.__context__ is not None and is_full(error.__context__))


class DatabaseMoved(Exception):
    """The database file was moved away or replaced. Nothing was written; it passes once the file is back."""
