"""Pages of JSON show what the database has, though what ended runs show is kept, on both databases."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import delete, event, update
from sqlalchemy.orm import Session

from backend.db.clock import clock
from backend.db.engine import Database
from backend.db.models import Run
from backend.lifecycle.resuming import ResumeRequest, resume
from backend.runs.change import delete_ended_run, update_run
from backend.runs.schemas import RunChange
from backend.runs.table.columns import kept_json, loaded
from backend.runs.table.columns import runs as columns_in_memory
from backend.runs.table.columns.kept_json import KeptJson
from backend.runs.table.columns.loaded import LoadedColumns
from backend.runs.table.listing import RunQuery
from backend.runs.table.page_json import page_json
from backend.runs.table.rows import read_rows
from tests.support.runs.stored_runs import run_row, write_runs
from tests.support.runs.table_in_memory import in_memory, set_epoch

ROWS = RunQuery(view="row", sort="id")
WITH_COLUMNS = RunQuery(view="row", sort="id", columns="notes,last.loss,seconds,priority")
QUERIES = (ROWS, WITH_COLUMNS, RunQuery(sort="id"))
ID = "r000001"
READ_ROWS = "backend.runs.table.page_json.read_rows"
OTHER_PROCESS = """
import sys
from sqlalchemy import create_engine, text
connect = {"module": __import__("pysqlite3")} if sys.argv[1].startswith("sqlite") else {}
with create_engine(sys.argv[1], **connect).begin() as connection:
    connection.execute(text("UPDATE runs SET name = 'changed', notes = 'changed' WHERE id = 'r000001'"))
"""


def items(database: Database, query: RunQuery) -> list[dict[str, Any]]:
    with database.read() as session:
        return list(json.loads(page_json(session, query))["items"])


def read_again(database: Database, query: RunQuery) -> list[dict[str, Any]]:
    """Returns the items without what is kept."""
    in_memory(database).json = KeptJson()
    return items(database, query)


def change(**values: Any) -> Callable[[Session], object]:
    return lambda session: session.execute(update(Run).where(Run.id == ID).values(**values))


def delete_and_launch_again(session: Session) -> None:
    session.execute(delete(Run).where(Run.id == ID))
    session.flush()
    session.add(Run(**run_row(1, name="another", status="queued", finished_at=None)))


CHANGES: dict[str, Callable[[Session], object]] = {
    "name, tags, notes and priority": lambda session: update_run(
        session, ID, RunChange(name="new", tags=["t"], notes="n", priority="high")
    ),
    "resumed": lambda session: resume(session, ID, ResumeRequest(epochs=50)),
    "deleted": lambda session: delete_ended_run(session, ID),
    "deleted, and its id is used again": delete_and_launch_again,
    "an epoch": change(epoch=2, metrics={"loss": 0.125}, spark=[0.5], last_seq=9),
    "the test score": change(test={"epoch": 3, "metrics": {"accuracy": 0.5}}),
    "its end": change(status="failed", ended_by=None, error={"title": "t", "detail": "d", "hint": "h"}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_an_ended_run_is_shown(database: Database, what: str) -> None:
    write_runs(database, {}, {}, {})
    in_memory(database)
    before = [items(database, query) for query in QUERIES]
    with database.write() as session:
        CHANGES[what](session)

    after = [items(database, query) for query in QUERIES]

    assert after == [read_again(database, query) for query in QUERIES]
    assert [run for page in after for run in page if run["id"] != ID] == [
        run for page in before for run in page if run["id"] != ID
    ]
    assert [item for item in after[2] if item["id"] == ID] != [item for item in before[2] if item["id"] == ID]


def test_a_change_by_another_process_is_shown(database: Database) -> None:
    write_runs(database, {}, {}, {})
    in_memory(database)
    for query in QUERIES:
        items(database, query)

    url = database.engine.url.render_as_string(hide_password=False)
    subprocess.run([sys.executable, "-c", OTHER_PROCESS, url], check=True)

    assert [[run["name"] for run in items(database, query)] for query in QUERIES] == [["run 0", "changed", "run 2"]] * 3
    assert [run["fields"]["notes"] for run in items(database, WITH_COLUMNS)] == ["", "changed", ""]


def test_what_ended_runs_show_is_read_once_for_each_form(database: Database) -> None:
    write_runs(database, {}, {"status": "failed", "ended_by": None}, {"status": "stopped", "ended_by": "kill"})
    in_memory(database)
    first = [items(database, query) for query in QUERIES]
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    assert [items(database, query) for query in QUERIES] == first

    assert not [statement for statement in statements if "FROM runs" in statement]
    assert len({json.dumps(page) for page in first}) == len(QUERIES)


def test_values_that_depend_on_the_clock_and_on_other_runs_are_read_each_time(database: Database) -> None:
    running = {
        "status": "running",
        "finished_at": None,
        "epoch": 1,
        "last_epoch_seconds": [5000.0],
        "heartbeat_at": 1e9,
    }
    queued = {"status": "queued", "finished_at": None, "priority": 0}
    write_runs(database, running, queued, queued, {})
    with database.write() as session:
        lease = {"lease_expires_at": clock() + 5000, "heartbeat_at": clock(), "epoch_at": clock()}
        session.execute(update(Run).where(Run.id == "r000000").values(**lease))
    in_memory(database)
    first, position = items(database, ROWS)[0], items(database, ROWS)[2]["queue_position"]
    with database.write() as session:
        session.execute(delete(Run).where(Run.id == "r000001"))

    later = items(database, ROWS)

    assert later[0]["eta_seconds"] < first["eta_seconds"]
    assert (position, later[1]["queue_position"]) == (2, 1)


def test_what_was_read_before_a_change_is_not_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list has read its rows; before it keeps them, a run is changed and another list reads the change."""
    write_runs(database, {}, {})
    in_memory(database)

    def read_before_a_change(session: Session, run_ids: Sequence[str], columns: Any) -> Any:
        rows = read_rows(session, run_ids, columns)
        monkeypatch.setattr(READ_ROWS, read_rows)
        set_epoch(database, 7)
        assert [run["epoch"] for run in items(database, ROWS)] == [7, 7]
        return rows

    monkeypatch.setattr(READ_ROWS, read_before_a_change)
    items(database, ROWS)

    assert [run["epoch"] for run in items(database, ROWS)] == [7, 7]


def test_a_change_that_a_thread_reads_beside_lists_is_shown(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(database, {}, {}, {})
    columns = in_memory(database)
    items(database, ROWS)
    monkeypatch.setattr(loaded, "MIN_RUNS", 1)
    monkeypatch.setattr(LoadedColumns, "_try_to_load", lambda _: None)
    monkeypatch.setattr(columns_in_memory, "MANY_CHANGES", 2)
    set_epoch(database, 7)

    assert [run["epoch"] for run in items(database, ROWS)] == [7, 7, 7], "from the database"

    assert in_memory(database) is columns
    assert [run["epoch"] for run in items(database, ROWS)] == [7, 7, 7]


def test_a_text_that_two_lists_read_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_json, "MAX_BYTES", 10)
    kept = KeptJson()
    for _ in range(3):
        kept.add(("row",), {"a": b"12345"}, drops=0)

    assert kept.look_up(("row",), ["a"]).texts == {"a": b"12345"}


def test_texts_are_forgotten_when_they_become_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_json, "MAX_BYTES", 10)
    kept = KeptJson()
    kept.add(("row",), {"a": b"12345", "b": b"12345"}, drops=0)
    assert kept.look_up(("row",), ["a", "b", "c"]).texts == {"a": b"12345", "b": b"12345"}

    kept.drop(["a", "unknown"])
    kept.add(("row", "notes"), {"c": b"12345"}, drops=1)
    assert kept.look_up(("row",), "ab").texts == {"b": b"12345"}

    kept.add(("row",), {"d": b"1"}, drops=1)
    assert kept.look_up(("row",), "bd").texts == {}
