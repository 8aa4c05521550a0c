"""What a database error means: which errors pass by themselves, and what the database said."""

from sqlalchemy import exc

NO_ANSWER = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
"""Locked, full, not reachable or closed: the same transaction may succeed later. Other errors are defects."""


def reason(error: exc.SQLAlchemyError) -> str:
    """Returns what the database said, without the statement: `database is locked`."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
