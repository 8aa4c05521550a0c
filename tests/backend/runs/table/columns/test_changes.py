"""The log of changed runs: what was committed is read once, or all runs are read again."""

import gc
import json
import weakref
from typing import Literal
from unittest.mock import Mock

import pytest
from sqlalchemy import Table, delete, event, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql import visitors

from backend.db.engine import Database
from backend.db.models import Run, RunChange
from backend.runs.table import overview
from backend.runs.table.columns import changes, loaded, runs
from backend.runs.table.columns.changes import ForgottenChanges, forget_old_changes
from backend.runs.table.columns.loaded import LoadedColumns, columns_of
from backend.runs.table.columns.runs import Pause, RunColumns
from backend.runs.table.columns.stored_values import ALL_VALUES
from backend.runs.table.filters import RunFilter
from backend.runs.table.listing import RunQuery
from backend.runs.table.page_json import page_json
from tests.support.runs.stored_runs import write_runs
from tests.support.runs.table_in_memory import in_memory, page, pages, set_epoch


def test_columns_whose_changes_are_forgotten_are_read_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(database, {}, {})
    columns = in_memory(database)
    monkeypatch.setattr(changes, "KEPT_CHANGES", 2)
    for number in range(4):
        set_epoch(database, number)

    forget_old_changes(database)

    with database.read() as session:
        assert len(session.scalars(select(RunChange.version)).all()) <= 4
        with pytest.raises(ForgottenChanges):
            columns.refresh(session)
        assert page(session, RunQuery(where=["epoch=3"]))[2] == 2
        assert [field.max for field in overview.list_fields(session, RunFilter()) if field.path == "epoch"] == [3]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_columns_stay_while_other_programs_use_the_server(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    write_runs(database, {})
    columns = in_memory(database)
    monkeypatch.setattr(changes, "KEPT_CHANGES", 2)
    for _ in range(5):
        with database.read() as session:
            session.execute(text("SELECT pg_current_xact_id()"))

    forget_old_changes(database)
    set_epoch(database, 3)

    assert list(pages(database, RunQuery(where=["epoch=3"]))) == [(["r000000"], 1)]
    assert columns_of(database.engine).columns is columns


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_change_is_read_once_while_a_transaction_of_another_program_is_open(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(database, {})
    columns = in_memory(database)
    with database.engine.connect() as other:
        other.execute(text("SELECT pg_current_xact_id()"))
        set_epoch(database, 3)
        assert list(pages(database, RunQuery(where=["epoch=3"]))) == [(["r000000"], 1)]
        monkeypatch.setattr(columns, "_read", read := Mock(wraps=columns._read))
        assert list(pages(database, RunQuery(where=["epoch=3"]))) == [(["r000000"], 1)]
        read.assert_not_called()
        other.execute(update(Run).values(epoch=4))
        other.commit()

    assert list(pages(database, RunQuery(where=["epoch=4"]))) == [(["r000000"], 1)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_list_asks_two_questions(database: Database) -> None:
    write_runs(database, {}, {})
    in_memory(database)
    questions: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *arguments: questions.append(arguments[2]))

    with database.read() as session:
        listed = json.loads(page_json(session, RunQuery(view="row", q="run", sort="name")))

    assert listed["total"] == len(listed["items"]) == 2
    assert len(questions) == 2, questions


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("view", ["run", "row"])
def test_lists_of_any_length_are_read_by_one_statement(database: Database, view: Literal["run", "row"]) -> None:
    write_runs(database, {}, {}, {})
    statements: set[str] = set()
    event.listen(database.engine, "before_cursor_execute", lambda *arguments: statements.add(arguments[2]))

    with database.read() as session:
        pages = [json.loads(page_json(session, RunQuery(view=view, limit=limit))) for limit in (1, 2, 3)]

    assert [len(page["items"]) for page in pages] == [1, 2, 3]
    assert len([statement for statement in statements if "spark" in statement]) == 1, statements


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_log_is_read_by_its_index_before_the_server_has_statistics_of_it(database: Database) -> None:
    entries = "INSERT INTO run_changes SELECT number, 'r' || number FROM generate_series(1, 20000) AS number"
    with database.write() as session:
        session.execute(text(entries))
    statement = str(changes.LOG_SINCE["postgresql"].compile(database.engine))

    with database.read() as session:
        explained = session.connection().exec_driver_sql(f"EXPLAIN {statement}", {"version": 20_001, "limit": 1_001})
        plan = "\n".join(explained.scalars())

    assert "Index Cond: (version >= '20001'" in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_log_of_a_restored_dump_is_forgotten(database: Database) -> None:
    write_runs(database, {})
    with database.write() as session:
        session.add(RunChange(version=changes.next_version(session) + 1_000, run_id="r000000"))

    forget_old_changes(database)

    with database.read() as session:
        assert len(session.scalars(select(RunChange)).all()) == 1


def test_what_a_failed_refresh_left_out_is_read_by_the_next_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(database, {}, {})
    columns = in_memory(database)
    set_epoch(database, 3)
    with monkeypatch.context() as broken, database.read() as session:
        broken.setattr(RunColumns, "_read", Mock(side_effect=OperationalError("SELECT", {}, Exception("disk I/O"))))
        with pytest.raises(OperationalError):
            columns.refresh(session)

    assert list(pages(database, RunQuery(where=["epoch=3"]))) == [(["r000001", "r000000"], 2)]


def test_each_table_that_the_columns_read_is_logged() -> None:
    tables = {table.name for table in visitors.iterate(ALL_VALUES.statement) if isinstance(table, Table)}

    assert tables == {"runs", "search_texts"}, "runs has triggers, and search texts are written with their run"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns are kept, as those of many runs. The thread that would read them beside a list does nothing."""
    monkeypatch.setattr(loaded, "MIN_RUNS", 1)
    monkeypatch.setattr(LoadedColumns, "_try_to_load", lambda _: None)


@pytest.mark.usefixtures("kept")
def test_a_list_does_not_wait_for_many_changes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    write_runs(database, {}, {}, {})
    columns = in_memory(database)
    monkeypatch.setattr(runs, "MANY_CHANGES", 2)
    read = Mock(wraps=columns._read)
    monkeypatch.setattr(columns, "_read", read)
    set_epoch(database, 3)

    assert list(pages(database, RunQuery(where=["epoch=3"]))) == [(["r000002", "r000001", "r000000"], 3)]
    read.assert_not_called()

    assert in_memory(database) is columns, "it reads what was changed, not all runs"
    assert all(version >= columns._version for version, _ in columns._seen), "others are not listed again"
    assert list(pages(database, RunQuery(where=["epoch=3"]))) == [(["r000002", "r000001", "r000000"], 3)]
    read.assert_called_once()


@pytest.mark.usefixtures("kept")
def test_many_changes_that_are_forgotten_are_no_reason_for_old_answers(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(database, {}, {}, {})
    columns = in_memory(database)
    monkeypatch.setattr(runs, "MANY_CHANGES", 2)
    set_epoch(database, 3)
    assert list(pages(database, RunQuery(where=["epoch=4"]))) == [([], 0)]
    monkeypatch.setattr(changes, "KEPT_CHANGES", 1)
    set_epoch(database, 4)
    set_epoch(database, 5)
    forget_old_changes(database)

    assert in_memory(database) is not columns
    assert list(pages(database, RunQuery(where=["epoch=5"]))) == [(["r000002", "r000001", "r000000"], 3)]


def test_columns_that_were_put_aside_are_freed_once_few_runs_are_left(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(database, {}, {}, {})
    columns = weakref.ref(in_memory(database))
    monkeypatch.setattr(runs, "MANY_CHANGES", 2)
    with database.write() as session:
        session.execute(delete(Run))

    assert list(pages(database, RunQuery())) == [([], 0)]

    gc.collect()
    assert columns() is None


def test_columns_that_were_put_aside_are_freed_once_all_runs_were_read_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(database, {}, {}, {})
    columns = weakref.ref(in_memory(database))
    monkeypatch.setattr(loaded, "MIN_RUNS", 1)
    monkeypatch.setattr(runs, "MANY_CHANGES", 2)
    monkeypatch.setattr(RunColumns, "is_half_unused", lambda _: True)
    load = RunColumns.load

    def load_during_changes(new: RunColumns, database: Database, *pause: Pause) -> None:
        set_epoch(database, 3)
        assert list(pages(database, RunQuery(where=["epoch=3"]))) == [(["r000002", "r000001", "r000000"], 3)]
        load(new, database, *pause)

    monkeypatch.setattr(RunColumns, "load", load_during_changes)
    columns_of(database.engine).free_memory()

    gc.collect()
    assert columns() is None
    assert list(pages(database, RunQuery(where=["epoch=3"]))) == [(["r000002", "r000001", "r000000"], 3)]
