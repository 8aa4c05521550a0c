"""While all runs are read into memory, columns that are read before them answer what pages list first."""

from collections.abc import Iterator, Sequence
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Executable, delete, event, insert, select, update
from sqlalchemy.exc import OperationalError

from backend.db.engine import Database
from backend.db.models import Run
from backend.runs.table.columns import runs
from backend.runs.table.columns.loaded import columns_if_loaded, columns_of
from backend.runs.table.columns.runs import RunColumns
from backend.runs.table.columns.stored_values import ALL_VALUES
from backend.runs.table.listing import RunQuery, find_page
from tests.support.runs.stored_runs import CREATED_AT, run_row, write_runs
from tests.support.runs.table_in_memory import page, pages, snapshot
from tests.support.service.waiting import wait_until

STATUSES = ("finished", "failed", "stopped")
FIRST_QUERIES = (
    RunQuery(limit=2),
    RunQuery(limit=3, sort="created_at"),
    RunQuery(limit=2, sort="-id"),
    RunQuery(sort="status"),
    RunQuery(status=["failed"]),
    RunQuery(status=["failed", "stopped"], limit=2),
    RunQuery(where=["status!=failed"], id=["r000000", "r000004", "unknown"]),
    RunQuery(where=["created_at>2026-09-21T14:13:21Z"], sort="created_at", limit=2),
)
OTHER_QUERIES = (RunQuery(q="run"), RunQuery(tag="t1"), RunQuery(sort="name"), RunQuery(where=["epoch>0"]))


@pytest.fixture
def go_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Has only the first columns read in the background, the others once the event is set."""
    go_on, load = Event(), RunColumns.load

    def load_later(columns: RunColumns, *arguments: Any) -> None:
        if columns.have(ALL_VALUES.paths):
            go_on.wait(30)
        load(columns, *arguments)

    monkeypatch.setattr(RunColumns, "load", load_later)
    yield go_on
    go_on.set()
    wait_until(lambda: columns_of(database.engine).columns is not None)


def read_first(database: Database) -> RunColumns:
    """Has runs read in the background, and returns the columns that answer first."""
    Thread(target=columns_of(database.engine).load, daemon=True).start()
    wait_until(lambda: columns_of(database.engine).first is not None)
    first = columns_of(database.engine).first
    assert first is not None
    return first


def answering(database: Database, query: RunQuery) -> RunColumns | None:
    with database.read() as session, columns_if_loaded(session, query) as columns:
        return columns


def write_different_runs(database: Database, number: int = 7) -> list[str]:
    different = ({"status": STATUSES[n % 3], "created_at": CREATED_AT + n // 2, "tags": ["t1"]} for n in range(number))
    return write_runs(database, *different)


def test_first_columns_have_the_pages_that_the_database_gives(database: Database, go_on: Event) -> None:
    write_different_runs(database)
    expected = [list(pages(database, query)) for query in (*FIRST_QUERIES, *OTHER_QUERIES)]
    first = read_first(database)

    found = [list(pages(database, query)) for query in (*FIRST_QUERIES, *OTHER_QUERIES)]

    assert found == expected
    assert [answering(database, query) for query in FIRST_QUERIES] == [first] * len(FIRST_QUERIES)
    assert [answering(database, query) for query in OTHER_QUERIES] == [None] * len(OTHER_QUERIES)
    go_on.set()
    wait_until(lambda: columns_of(database.engine).columns is not None)
    assert answering(database, RunQuery()) is columns_of(database.engine).columns is not None


@pytest.mark.usefixtures("go_on")
def test_the_newest_runs_are_listed_without_counting_all(database: Database) -> None:
    write_different_runs(database)
    read_first(database)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    [(_, total)] = pages(database, RunQuery())

    assert total == 7
    assert [statement for statement in statements if "runs" in statement] == []
    assert [statement for statement in statements if "run_changes" in statement], "only the log is read"


@pytest.mark.usefixtures("go_on")
def test_the_total_is_exact_after_each_change(database: Database) -> None:
    run_ids = write_different_runs(database)
    first = read_first(database)
    changes: Sequence[tuple[Executable, int]] = (
        (update(Run).where(Run.id == run_ids[0]).values(status="failed"), 7),
        (delete(Run).where(Run.id.in_(run_ids[:2])), 5),
        (insert(Run).values({**run_row(0), "created_at": CREATED_AT + 9}), 6),
    )

    for statement, total in changes:
        with database.write() as session:
            session.execute(statement)
        for query in (RunQuery(), RunQuery(status=["failed"])):
            assert answering(database, query) is first
            assert list(pages(database, query)) == from_database(database, query), (statement, query)
        assert len(from_database(database, RunQuery())[0][0]) == total


def from_database(database: Database, query: RunQuery) -> list[tuple[Sequence[str], int]]:
    with database.read() as session:
        ids, _, total = find_page(session, query, None)
    return [(ids, total)]


@pytest.mark.usefixtures("go_on")
def test_the_database_answers_once_too_many_runs_were_changed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_different_runs(database)
    read_first(database)
    monkeypatch.setattr(runs, "MANY_CHANGES", 2)

    with database.write() as session:
        session.execute(update(Run).values(status="failed"))

    assert answering(database, RunQuery(status=["failed"])) is None
    assert [total for _, total in pages(database, RunQuery(status=["failed"]))] == [7]


@pytest.mark.usefixtures("go_on")
def test_a_session_that_is_older_than_the_first_columns_reads_the_database(database: Database) -> None:
    [run_id] = write_runs(database, {})
    read_first(database)
    with snapshot(database) as older:
        assert older.scalars(select(Run.status)).all() == ["finished"]
        with database.write() as session:
            session.execute(update(Run).values(status="failed"))
        assert list(pages(database, RunQuery(status=["failed"]))) == [([run_id], 1)]

        assert page(older, RunQuery(status=["finished"]))[2] == 1


def test_first_columns_do_not_stay_if_the_others_can_not_be_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(database, {})
    load, first_is_there = RunColumns.load, []

    def fail(columns: RunColumns, *arguments: Any) -> None:
        if columns.have(ALL_VALUES.paths):
            first_is_there.append(columns_of(database.engine).first is not None)
            raise OperationalError("SELECT", {}, Exception("disk I/O"))
        load(columns, *arguments)

    monkeypatch.setattr(RunColumns, "load", fail)

    with pytest.raises(OperationalError):
        columns_of(database.engine).load()

    assert first_is_there == [True]
    assert answering(database, RunQuery()) is None
