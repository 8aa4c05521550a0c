"""Columns in memory answer as the database does, for any query and after any change, on both databases."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from backend.db.engine import Database
from backend.db.models import Run
from backend.errors import Invalid
from backend.runs.change import update_run
from backend.runs.schemas import RunChange as Change
from backend.runs.table import overview
from backend.runs.table.columns import loaded, runs
from backend.runs.table.columns.loaded import columns_of, keep_loaded
from backend.runs.table.fields import FIELDS
from backend.runs.table.filters import RunFilter
from backend.runs.table.listing import RunQuery
from backend.runs.table.values import labelled
from tests.support.runs.stored_runs import write_runs
from tests.support.runs.table_in_memory import in_memory, page, pages, snapshot
from tests.support.service.waiting import wait_until

NAMES = ("run", "Run", "Übung", "übung 2", "a_b", "z")
SORTS = ("created_at", "name", "notes", "status", "tags", "id", "batch_size", "last.loss", "best.val_loss", "recipe")
FILTERS: Sequence[dict[str, Any]] = (
    *({"where": [where]} for where in ("batch_size>=32", "batch_size!=32", "last.loss<0.5", "best.epoch=3")),
    *({"where": [where]} for where in ("name~UN", "name~Ü", "name=run", "name!=z", "recipe=null", "recipe!=null")),
    *({"where": [where]} for where in ("augmentation=null", "last.loss>0.2", "notes~", "best.val_loss!=null")),
    *({"status": status} for status in (["failed"], ["failed", "finished"])),
    *({"q": q} for q in ("RUN", "übung", "t1", "note 2")),
    *({"tag": "t1"}, {"owner": "ann"}, {"study": "s"}, {"id": ["r000001", "r000003", "unknown"]}),
)

VARIED_RUNS: Sequence[dict[str, Any]] = (
    {},
    {"augmentation": {"horizontal_flip": True, "zoom": 0.25}, "class_weights": {"0": 1.5, "1": 1e-05}},
    {"class_weights": "balanced", "callbacks.checkpoint.every": 2, "callbacks.terminate_on_nan": False},
    {"optimizer": {"name": "sgd", "nesterov": True, "momentum": 0.9, "schedule": {"name": "cosine"}}, "init": None},
    {"model.options.filters": [8, 16], "callbacks.early_stopping": {"monitor": "val_accuracy", "patience": 2}},
    {"best": None, "test": {"epoch": 3, "metrics": {"accuracy": 0.5, "loss": None}}, "best_loss": None},
    {"metrics": {"loss": 1e300, "val_loss": 5e-324, "accuracy": 1.0}, "seed": 2**31 - 1, "notes": "é, ü: x"},
)


def stored_run(draw: random.Random) -> dict[str, Any]:
    return {
        "name": draw.choice(NAMES),
        "notes": draw.choice(("", "note 1", "note 2")),
        "tags": draw.choice(([], ["t1"], ["t1", "Ä"])),
        "status": draw.choice(("finished", "failed", "stopped")),
        "recipe": draw.choice((None, "digits-quick")),
        "owner": draw.choice((None, "ann")),
        "batch_size": draw.choice((16, 32, 64)),
        "best_val_loss": draw.choice((None, 0.25, 0.5)),
        "created_at": 1.79e9 + draw.randrange(5),
        "metrics": {"loss": draw.choice((0.125, 0.25, 0.5))},
    }


def random_query(draw: random.Random) -> RunQuery:
    query: dict[str, Any] = {"sort": draw.choice(("", "-")) + draw.choice(SORTS), "limit": draw.choice((3, 50))}
    for part in draw.sample(FILTERS, draw.randrange(4)):
        query |= {"where": [*query.get("where", []), *part["where"]]} if "where" in part else part
    return RunQuery(**query)


@pytest.mark.usefixtures("small_batches")
def test_any_query_has_the_pages_that_the_database_gives_it(database: Database) -> None:
    draw = random.Random(0)
    write_runs(database, *(stored_run(draw) for _ in range(30)))
    queries = [query for query in (random_query(draw) for _ in range(120)) if is_allowed(query)]
    expected = [list(pages(database, query)) for query in queries]

    in_memory(database)

    for query, pages_of_query in zip(queries, expected, strict=True):
        assert list(pages(database, query)) == pages_of_query, query
    assert len([query for query in queries if query.where and query.q]) > 5


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "BATCH", 7)


def is_allowed(query: RunQuery) -> bool:
    try:
        query.conditions()
    except Invalid:  # two conditions that contradict each other
        return False
    return True


@pytest.mark.usefixtures("small_batches")
def test_what_another_process_changes_is_seen_at_once(database: Database) -> None:
    draw = random.Random(1)
    ids = write_runs(database, *(stored_run(draw) for _ in range(12)))
    in_memory(database)

    for number in range(6):
        with database.write() as session:
            update_run(session, ids[number], Change(name=f"a new name {number % 2}", tags=[f"t{number}"]))
            session.execute(update(Run).where(Run.id == ids[-1]).values(best_val_loss=number, notes="late"))
            session.execute(delete(Run).where(Run.id == ids[6 + number // 2]))
        write_runs(database, {"id": f"later{number}", **stored_run(draw)})
        for query in (RunQuery(sort="name"), RunQuery(q=f"T{number}"), RunQuery(sort="-best.val_loss", limit=4)):
            assert list(pages(database, query)) == from_database(database, query), (number, query)


def from_database(database: Database, query: RunQuery) -> list[tuple[Sequence[str], int]]:
    columns, columns_of(database.engine).columns = columns_of(database.engine).columns, None
    try:
        return list(pages(database, query))
    finally:
        columns_of(database.engine).columns = columns


def test_a_transaction_that_is_older_than_the_columns_reads_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    [run_id] = write_runs(database, {"name": "before"})
    columns = in_memory(database)
    monkeypatch.setattr(loaded, "MIN_RUNS", 1)
    with snapshot(database) as older:
        assert older.scalars(select(Run.name)).all() == ["before"]
        with database.write() as session:
            update_run(session, run_id, Change(name="after"))
        assert list(pages(database, RunQuery(q="after"))) == [([run_id], 1)]

        assert page(older, RunQuery(q="before"))[2] == 1
        assert overview.list_fields(older, RunFilter(q="after")), "columns that have more than it sees answer too"

    assert columns_of(database.engine).columns is columns, "no run is read again for it"
    assert list(pages(database, RunQuery(q="after"))) == [([run_id], 1)]


def test_many_runs_are_read_into_memory_after_the_first_list(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(database, {}, {})
    list(pages(database, RunQuery()))
    assert columns_of(database.engine).columns is None

    monkeypatch.setattr(loaded, "MIN_RUNS", 2)
    list(pages(database, RunQuery()))

    wait_until(lambda: columns_of(database.engine).columns is not None)
    assert list(pages(database, RunQuery(limit=1))) == [(["r000001"], 2), (["r000000"], 2)]


def test_texts_and_positions_that_no_run_has_any_more_are_freed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "SPARE_TEXTS", 3)
    run_ids = write_runs(database, {}, {})
    columns = in_memory(database)
    keep_loaded(database)
    assert columns_of(database.engine).columns is columns

    for number in range(8):
        with database.write() as session:
            update_run(session, run_ids[0], Change(notes=f"note {number}"))
        assert list(pages(database, RunQuery(q=f"note {number}"))) == [([run_ids[0]], 1)]
    keep_loaded(database)

    assert columns_of(database.engine).columns is not columns
    assert not in_memory(database).is_half_unused()
    assert list(pages(database, RunQuery(q="note 7"))) == [([run_ids[0]], 1)]


def test_each_field_has_the_value_that_the_database_gives_it(database: Database) -> None:
    run_ids = write_runs(database, *VARIED_RUNS)
    columns = in_memory(database)

    with database.read() as session:
        rows = session.execute(select(Run.id, *labelled([*FIELDS.values()])).order_by(Run.id)).all()

    assert [row[0] for row in rows] == run_ids
    for (path, _), *expected in zip(FIELDS.items(), *(row[1:] for row in rows), strict=True):
        found = [columns.columns[path].value(columns._ids.number(run_id)) for run_id in run_ids]
        assert found == expected, path


def test_what_a_tag_quotes_is_no_tag(database: Database) -> None:
    write_runs(database, {"tags": ['a"b']}, {"tags": ["a", "b"]}, {"tags": ["b", "a"]}, {"tags": ['x, "b", ["b"']})

    from_sql = list(pages(database, RunQuery(tag="b")))
    in_memory(database)

    assert from_sql == list(pages(database, RunQuery(tag="b"))) == [(["r000002", "r000001"], 2)]
    assert list(pages(database, RunQuery(tag='a"b'))) == [(["r000000"], 1)]


def test_a_value_that_all_runs_have_is_stored_once(database: Database) -> None:
    write_runs(database, *({"seed": seed} for seed in range(20)))
    columns = in_memory(database)

    arrays = {path: columns.columns[path].keys() for path in ("seed", "batch_size", "optimizer.momentum")}

    assert {path: array.strides for path, array in arrays.items()} == {
        "seed": (8,),
        "batch_size": (0,),
        "optimizer.momentum": (0,),
    }
