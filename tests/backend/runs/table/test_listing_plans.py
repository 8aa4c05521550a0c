"""Each filter and order of the list of runs is read from an index: the database sorts nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.models import SORTED
from backend.runs.table import cursors, field_indexes, listing, search
from backend.runs.table.field_indexes import create_field_indexes
from backend.runs.table.fields import FIELDS
from backend.runs.table.listing import INDEXED, RunQuery
from tests.support.runs.stored_runs import write_runs

FILTERS = [
    RunQuery(status=["failed"]),
    RunQuery(dataset="digits"),
    RunQuery(model="vgg"),
    RunQuery(model="vgg", sort="-best.val_accuracy"),
    RunQuery(study="a"),
    RunQuery(owner="a"),
]


def plans(database: Database, query: RunQuery) -> list[str]:
    """Returns how the database reads a page of the list, one text for each part of it."""
    with database.read() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":  # it would sort an empty table
            session.execute(text("SET LOCAL enable_seqscan = off"))
            session.execute(text("SET LOCAL enable_bitmapscan = off"))
            session.execute(text("SET LOCAL enable_sort = off"))
        return [plan(session, *statement) for statement in statements(session, query)]


def statements(session: Session, query: RunQuery) -> list[tuple[str, Any]]:
    executed: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        executed.append((statement, parameters))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    listing.page(session, query)
    event.remove(session.get_bind(), "before_cursor_execute", note)
    return [(statement, parameters) for statement, parameters in executed if "ORDER BY" in statement]


def plan(session: Session, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN" if session.get_bind().dialect.name == "sqlite" else "EXPLAIN"
    rows = session.connection().exec_driver_sql(f"{explain} {statement}", parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


def is_read_in_order(plan: str) -> bool:
    is_empty = "One-Time Filter: false" in plan  # PostgreSQL knows that no run is without the value
    return is_empty or ("ix_runs_" in plan and "TEMP B-TREE" not in plan and "Sort" not in plan)


def pages(sort: str) -> list[RunQuery]:
    """Returns the queries of the first page, of one that starts at a value, and of one that starts without a value."""
    value = "m" if FIELDS[sort.removeprefix("-")].kind == "text" else 0.5
    first = RunQuery(sort=sort, limit=1)
    positions = ([value, "a"], [None, "a"])
    return [
        first,
        *(
            first.model_copy(update={"cursor": cursors.encode(first.without_page(), position)})
            for position in positions
        ),
    ]


def test_each_order_is_that_of_an_index(database: Database) -> None:
    write_runs(database, {}, {})
    sorts = [f"{sign}{name}" for name in INDEXED for sign in ("", "-")]

    parts = [(query.sort, plan) for sort in sorts for query in pages(sort) for plan in plans(database, query)]

    assert [part for part in parts if not is_read_in_order(part[1])] == []
    assert len(parts) >= 3 * len(sorts)


def test_each_filter_is_found_in_an_index_in_its_order(database: Database) -> None:
    parts = [(query, plan) for query in FILTERS for plan in plans(database, query)]

    assert [part for part in parts if not is_read_in_order(part[1])] == []


@pytest.fixture
def without_indexes_after(database: Database) -> Iterator[None]:
    """PostgreSQL's database is shared by the tests of a worker."""
    yield
    with database.engine.begin() as connection:
        for name in field_indexes.expected_indexes(database):
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")


@pytest.mark.usefixtures("without_indexes_after")
def test_fields_are_indexed_once_there_are_many_runs(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    write_runs(database, {"optimizer.learning_rate": 0.1}, {"tags": ["x" * 64] * 20, "status": "failed"})
    create_field_indexes(database)
    assert not is_read_in_order(plans(database, RunQuery(sort="last.loss", limit=1))[0])

    monkeypatch.setattr(field_indexes, "MIN_RUNS", 2)
    create_field_indexes(database)
    with database.write() as session:
        session.execute(text("CREATE INDEX ix_runs_by_a_field_of_an_older_version ON runs (name)"))
    create_field_indexes(database)

    with database.read() as session:
        names = set(session.scalars(text(field_indexes.NAMES[database.engine.dialect.name])))
    assert {name for name in names if name.startswith(field_indexes.PREFIX)} == set(
        field_indexes.expected_indexes(database)
    )

    queries = [query for path in SOME_FIELDS for query in pages(f"-{path}")]
    parts = [(query.sort, plan) for query in queries for plan in plans(database, query)]
    assert [part for part in parts if not is_read_in_order(part[1])] == []


SOME_FIELDS = (
    *("optimizer.learning_rate", "optimizer.nesterov", "optimizer.name", "augmentation", "model.options.filters"),
    *("best.epoch", "last.loss", "test.accuracy", "seconds", "priority", "recipe"),
)


def test_few_matches_are_filtered_first_and_of_many_a_page_is_read_in_order(database: Database) -> None:
    write_runs(database, *[{"status": "failed"}] * 2, *[{}] * 8)
    few, many = (RunQuery(status=[status], sort="best.val_loss", limit=1) for status in ("failed", "finished"))
    if database.engine.dialect.name == "sqlite":  # PostgreSQL decides by its statistics
        assert "TEMP B-TREE" in plans(database, few)[0]
        assert "ix_runs_best_val_loss" in plans(database, many)[0]

    for query in (few, many):
        with database.read() as session:
            ids, cursor, total = listing.page(session, query)
            following = listing.page(session, query.model_copy(update={"cursor": cursor}))
        assert (total, len({*ids, *following[0]})) == (2 if query is few else 8, 2)


def test_a_search_that_finds_many_runs_pages_through_them_all(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(database, *[{"status": "failed" if n % 2 else "finished"} for n in range(6)])
    monkeypatch.setattr(search, "MAX_FEW", 2)
    for query, total in ((RunQuery(q="RUN", limit=4), 6), (RunQuery(q="run", status=["failed"], limit=2), 3)):
        with database.read() as session:
            first, cursor, matches = listing.page(session, query)
            second, end, _ = listing.page(session, query.model_copy(update={"cursor": cursor}))
        assert (matches, len({*first, *second}), end) == (total, total, None)


def test_the_indexes_are_of_the_columns_that_the_list_is_sorted_by() -> None:
    assert {field.expression.key for field in INDEXED.values()} == set(SORTED)
