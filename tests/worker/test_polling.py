"""A worker looks for work by itself every few seconds, whatever happens while it looks."""

import threading

import pytest
from sqlalchemy.exc import OperationalError

from worker.polling import start_polling


def test_a_poll_goes_on_after_errors_and_ends_when_the_worker_stops(caplog: pytest.LogCaptureFixture) -> None:
    """An outage of the database is logged in one line, a defect with its traceback."""
    stopping, looks = threading.Event(), 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))
        if looks == 2:
            raise RuntimeError("a defect")
        stopping.set()

    start_polling(look, 0.01, stopping).join(5)

    assert looks == 3
    assert [(record.getMessage(), bool(record.exc_info)) for record in caplog.records] == [
        ("The database did not answer (connection refused); next attempt in 0.01 s", False),
        ("Looking for work failed; next attempt in 0.01 s", True),
    ]
