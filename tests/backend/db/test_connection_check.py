"""Reads from PostgreSQL ask it nothing but their own questions, and do without a connection that it has closed."""

from unittest.mock import Mock

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.db import connection_check
from backend.db.engine import Database

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
PROCESS = text("SELECT pg_backend_pid()")


def process_of(session: Session) -> int:
    return int(session.execute(PROCESS).scalar_one())


@pytest.mark.parametrize("rest_seconds", [0.0, 3_600.0])
def test_connections_that_the_server_has_closed_are_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch, rest_seconds: float
) -> None:
    monkeypatch.setattr(connection_check, "MAX_REST_SECONDS", rest_seconds)
    with database.read() as first, database.read() as second:  # the first one is used next
        closed = process_of(first)
        second.execute(text(f"SELECT pg_terminate_backend({closed}, 5000)"))

    with database.read() as session:
        assert process_of(session) != closed


def test_a_connection_that_was_just_used_is_not_tested(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ping = Mock(wraps=database.engine.dialect.do_ping)
    monkeypatch.setattr(type(database.engine.dialect), "do_ping", ping)
    for rest_seconds, pings in ((3_600.0, 0), (0.0, 1)):
        monkeypatch.setattr(connection_check, "MAX_REST_SECONDS", rest_seconds)
        with database.read() as session:
            process = process_of(session)
        ping.reset_mock()

        with database.read() as session:
            assert process_of(session) == process

        assert ping.call_count == pings


def test_a_read_has_no_transaction_and_a_write_has_one(database: Database) -> None:
    for opened, status in ((database.read, TransactionStatus.IDLE), (database.write, TransactionStatus.INTRANS)):
        with opened() as session:
            session.execute(PROCESS)
            connection = session.connection().connection.driver_connection
            assert connection is not None
            assert connection.info.transaction_status is status
