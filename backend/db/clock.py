"""The database's clock: every lease and every stored time is measured by it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Double, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class clock(GenericFunction[float]):  # noqa: N801 - named as in SQL
    """Seconds since 1970 by the database's clock when the statement runs."""

    type = Double()
    inherit_cache = True


@compiles(clock, "sqlite")
def _sqlite_now(_element: clock, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "unixepoch('subsec')"


@compiles(clock, "postgresql")
def _postgresql_now(_element: clock, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "EXTRACT(EPOCH FROM clock_timestamp())::double precision"


def database_time(session: Session) -> float:
    """Returns the seconds since 1970 by the database's clock."""
    return session.execute(select(clock())).scalar_one()


def to_datetime(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
