"""Looks at a connection to PostgreSQL before it is used again, mostly without a question to the server."""

import select
import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

MAX_REST_SECONDS = 1.0  # after a longer one, a network may have dropped the connection without a word


class ConnectionCheck:
    """Asks the server about a connection of a pool that has rested, or whose server has sent something by itself.

    A server that closes a connection says so. All connections are opened anew after one that does not answer.
    """

    def __init__(self, engine: Engine) -> None:
        self._dialect = engine.dialect
        event.listen(engine, "checkin", self._note_time)
        event.listen(engine, "checkout", self._check)

    def _note_time(self, _connection: object, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    def _check(self, connection: Any, record: Any, _proxy: object) -> None:
        if (used_at := record.info.get("used_at")) is None:  # it is new
            return
        try:
            if time.monotonic() - used_at > MAX_REST_SECONDS or _is_readable(connection):
                self._dialect.do_ping(connection)
        except self._dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _is_readable(connection: Any) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
