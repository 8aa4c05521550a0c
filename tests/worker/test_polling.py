"""A worker looks for work by itself every few seconds, whatever happens while it looks."""

import threading

from sqlalchemy.exc import SQLAlchemyError

from worker.polling import start_polling


def test_a_poll_goes_on_after_errors_and_ends_when_the_worker_stops() -> None:
    stopping, looks = threading.Event(), 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise SQLAlchemyError("the database is locked")
        if looks == 2:
            raise RuntimeError("a defect")
        stopping.set()

    start_polling(look, 0.01, stopping).join(5)

    assert looks == 3
