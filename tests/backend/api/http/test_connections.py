"""A request has one connection to the database at a time: two that each wait for a second one block each other."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from backend.db.engine import Database
from tests.backend.compare.conftest import board
from tests.support.runs.compared import ComparedBoard

__all__ = ["board"]


@pytest.mark.parametrize(("method", "path"), [("GET", "map"), ("GET", "robustness"), ("POST", "quizzes")])
def test_a_request_that_reads_and_then_writes_has_given_its_connection_back(
    board: ComparedBoard, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    run, write = board.run([0, 1, 1, 1, 2, 0]), Database.write
    held = []

    @contextmanager
    def counted(database: Database) -> Iterator[Session]:
        held.append(database.engine.pool.checkedout())  # type: ignore[attr-defined]
        with write(database) as session:
            yield session

    monkeypatch.setattr(Database, "write", counted)

    assert board.client.request(method, f"/api/runs/{run}/{path}", json={} if method == "POST" else None).is_success
    assert held == [0]
