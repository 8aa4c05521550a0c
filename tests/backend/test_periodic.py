"""Background tasks of the service go on after any error, and tell an outage of the database in one line."""

import asyncio
import logging

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from backend.periodic import repeat

OUTAGE = OperationalError("SELECT 1", {}, Exception("connection refused\nIs the server running?"))
DEFECT = ProgrammingError("SELECT nothing", {}, Exception("no such column: nothing"))


def record_of(error: Exception, caplog: pytest.LogCaptureFixture) -> logging.LogRecord:
    """Repeats a task that fails once, and returns what is logged of that."""
    outcomes = iter([error, asyncio.CancelledError()])

    async def task() -> None:
        raise next(outcomes)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(repeat(0.01, task))
    assert list(outcomes) == []
    return caplog.records[0]


def test_an_outage_of_the_database_is_logged_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    record = record_of(OUTAGE, caplog)

    assert record.getMessage() == "The database did not answer (connection refused); next attempt in 0.01 s"
    assert record.exc_info is None


def test_a_defect_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    record = record_of(DEFECT, caplog)

    assert record.getMessage() == "A background task failed; next attempt in 0.01 s"
    assert record.exc_info is not None
