"""Rows of the table over HTTP: columns, conditions and orders on any field, on both databases."""

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.runs.table.rows import rounded
from tests.support.runs.stored_runs import write_runs

SGD = {"name": "sgd", "learning_rate": 0.001, "momentum": 0.9, "nesterov": True}


def rows(client: TestClient, *where: str, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/runs", params={"view": "row", "where": where, **query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def names(client: TestClient, *where: str, **query: Any) -> str:
    return " ".join(row["name"] for row in rows(client, *where, **query))


@pytest.fixture
def runs(database: Database) -> list[str]:
    return write_runs(
        database,
        {"name": "a", "optimizer.learning_rate": 0.1, "batch_size": 16, "metrics": {"val_accuracy": 0.9}},
        {"name": "b", "optimizer.learning_rate": 0.01, "augmentation": {"horizontal_flip": True, "rotation": 10.0}},
        {"name": "c", "optimizer": SGD, "model.options.filters": [16, 32], "recipe": None, "tags": ["x"]},
        {
            "name": "d",
            "optimizer.learning_rate": 0.002,
            "model.options.filters": [8],
            "finished_at": None,
            "best": None,
            "best_val_accuracy": None,
        },
    )


@pytest.mark.usefixtures("runs")
def test_a_row_has_the_values_of_the_columns_and_neither_spec_nor_notes(client: TestClient) -> None:
    columns = {
        "optimizer.learning_rate": 0.001,
        "optimizer.momentum": 0.9,
        "optimizer.nesterov": True,
        "batch_size": 32,
        "model.options.filters": "[16,32]",
        "augmentation": None,
        "augmentation.rotation": None,
        "recipe": None,
        "best.val_accuracy": 0.75,
        "best.epoch": 3,
        "last.seconds": 1.5,
        "test.accuracy": None,
        "tags": "x",
        "created_at": "2026-09-21T14:13:22.000Z",
        "seconds": 60,
        "priority": "normal",
    }

    [row] = rows(client, "name=c", columns=",".join(columns))

    assert row["fields"] == columns
    assert {"spec", "notes"} & set(row) == set()
    assert (row["id"], row["dataset"], row["best"]["epoch"], row["spark"]) == ("r000002", "digits", 3, [0.1, 0.2, 0.3])


def test_rows_leave_out_what_their_runs_do_not_have(database: Database, client: TestClient) -> None:
    lost = {"status": "running", "lease_expires_at": 1.0, "last_epoch_seconds": [2.0], "finished_at": None}
    failed = {"status": "failed", "ended_by": None, "error": {"title": "Out of memory", "detail": "d", "hint": "h"}}
    silent = {**lost, "heartbeat_at": time.time() - 20, "lease_expires_at": time.time() + 10}
    write_runs(database, {}, lost, failed, silent)

    ended, active, broken, unheard = rows(client, sort="created_at")

    optional = {"ended_by", "error", "lost_contact", "silent", "seconds_per_epoch", "trial", "test_images"}
    assert optional & set(ended) == {"ended_by"}
    assert {name: active[name] for name in optional & set(active)} == {
        "ended_by": "epochs",
        "lost_contact": True,
        "seconds_per_epoch": 2.0,
    }
    assert {name: unheard.get(name) for name in ("lost_contact", "silent")} == {"lost_contact": None, "silent": True}
    assert broken["error"] == {"title": "Out of memory"}


def test_fifty_rows_take_a_quarter_of_fifty_whole_runs(database: Database, client: TestClient) -> None:
    metrics = {"val_accuracy": 0.8912346720695496, "val_loss": 0.3412346720695496}
    write_runs(database, *[{"metrics": metrics, "spark": [0.8912346720695496, 0.7512346720695496] * 6}] * 50)

    whole = client.get("/api/runs").content
    table = client.get("/api/runs", params={"view": "row"}).content

    assert len(table) <= 25_600 < len(whole) / 4


def test_a_sparkline_has_the_digits_that_its_line_shows() -> None:
    assert rounded([0.70123456, None, 0.90123456]) == [0.701, None, 0.901]
    assert rounded([0.98123456, 0.98223456]) == [0.981235, 0.982235]
    assert rounded([1e30, 2e30]) == [1e30, 2e30]
    assert rounded([0.123456]) == [0.123456]
    assert rounded([]) == []


FILTERED = [
    (["optimizer.learning_rate>=0.01"], "a b"),
    (["optimizer.learning_rate>0.002", "optimizer.learning_rate<0.1"], "b"),
    (["batch_size=16"], "a"),
    (["batch_size!=16"], "b c d"),
    (["optimizer.momentum!=0.9"], "a b d"),
    (["optimizer.momentum=null"], "a b d"),
    (["optimizer.nesterov=true"], "c"),
    (["augmentation!=null", "augmentation.horizontal_flip=true"], "b"),
    (["model.options.filters=[8]"], "d"),
    (["recipe=null"], "c"),
    (['recipe!="null"'], "a b c d"),
    (["best.val_accuracy>0.8"], "a"),
    (["last.val_accuracy>0.8"], "a"),
    (["best.val_accuracy=null"], "d"),
    (["finished_at=null"], "d"),
    (["created_at>2026-09-21T14:13:21Z", "created_at<2030-01-01"], "c d"),
    (["name~A"], "a"),
    (["status!=finished"], ""),
]


@pytest.mark.usefixtures("runs")
def test_runs_are_filtered_by_any_field(client: TestClient) -> None:
    for where, expected in FILTERED:
        assert names(client, *where, sort="name") == expected, where


def test_runs_are_left_out_by_their_ids(client: TestClient, runs: list[str]) -> None:
    first, *_, last = runs
    assert names(client, f"id!={first}", f"id!={last}", sort="name") == "b c"
    assert names(client, f"id!={first}", "batch_size=32", sort="name") == "b c d"
    assert names(client, "id!=null", sort="name") == "a b c d"


SORTED = [
    ("optimizer.learning_rate", "c d b a"),
    ("-optimizer.learning_rate", "a b d c"),
    ("-optimizer.momentum", "c d b a"),
    ("-best.val_accuracy", "a c b d"),
    ("augmentation.rotation", "b a c d"),
    ("model.options.filters", "c a b d"),
    ("-seconds", "c b a d"),
]


@pytest.mark.usefixtures("runs")
def test_runs_are_sorted_by_any_field_and_those_without_it_come_last(client: TestClient) -> None:
    for sort, expected in SORTED:
        assert names(client, sort=sort) == expected
        assert " ".join(names_of_pages(client, sort)) == expected


def names_of_pages(client: TestClient, sort: str) -> list[str]:
    """Returns the names on pages of one run each."""
    query = {"sort": sort, "limit": "1"}
    pages = [client.get("/api/runs", params=query).json()]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(client.get("/api/runs", params={**query, "cursor": cursor}).json())
    return [run["name"] for page in pages for run in page["items"]]


REFUSED: list[tuple[dict[str, Any], list[str | int], str]] = [
    ({"where": "batch_size"}, ["where", 0], '"batch_size" is not a condition; write PATH OPERATOR VALUE without'),
    ({"where": "learning_rate=1"}, ["where", 0], 'no field "learning_rate"; similar ones are best.learning_rate'),
    ({"where": "batch_size=many"}, ["where", 0], 'batch_size is compared with a number or null; you gave "many"'),
    ({"where": "batch_size=nan"}, ["where", 0], 'you gave "nan"'),
    ({"where": "batch_size>null"}, ["where", 0], "compares with null; only = and != can"),
    ({"where": "batch_size~3"}, ["where", 0], "batch_size is a number, so ~ can't be used; operators are = !="),
    ({"where": "name>a"}, ["where", 0], "name is a text, so > can't be used; operators are = != ~"),
    ({"where": "augmentation=yes"}, ["where", 0], "augmentation is compared with true or false or null"),
    ({"where": "created_at>yesterday"}, ["where", 0], "compared with a time such as 2026-11-27"),
    ({"where": "tags=x"}, ["where", 0], "tags is a list; use the parameter tag"),
    ({"where": 'name="a'}, ["where", 0], "name is compared with a text"),
    ({"where": ["seed=1", "seed=2"]}, ["where", 1], 'no run matches both "seed=1" and "seed=2"; remove one'),
    ({"where": ["seed>3", "name=a", "seed<=3"]}, ["where", 2], 'no run matches both "seed>3" and "seed<=3"'),
    ({"where": ["seed=null", "seed>3"]}, ["where", 1], "no run matches both"),
    ({"where": ["name~b", "name=A"]}, ["where", 1], "no run matches both"),
    ({"where": ["seed!=2", "seed=2"]}, ["where", 1], "no run matches both"),
    ({"dataset": "digits", "where": "dataset=mnist"}, ["where", 0], 'both "dataset=digits" and "dataset=mnist"'),
    ({"status": "failed", "where": "status!=failed"}, ["where", 0], 'both "status=failed" and "status!=failed"'),
    ({"where": 'name="\\ud800"'}, ["where", 0], "name is compared with a text"),
    ({"where": [f"seed>{number}" for number in range(51)]}, ["where"], "at most 50 items"),
    ({"sort": "-optimiser.name"}, ["sort"], 'no field "optimiser.name"; similar ones are'),
    ({"columns": "seed,sed"}, ["columns"], 'no field "sed"; similar ones are seed'),
    ({"view": "grid"}, ["view"], "must be 'run' or 'row'"),
    ({"colour": "red"}, ["colour"], "there is no such field; allowed here: id, status, dataset, model, tag"),
]


def test_a_bad_query_is_refused(client: TestClient) -> None:
    for query, loc, message in REFUSED:
        answer = client.get("/api/runs", params=query)

        [error] = answer.json()["errors"]
        assert (answer.status_code, error["loc"]) == (422, ["query", *loc]), query
        assert message in error["msg"]


def test_conditions_that_overlap_are_no_contradiction(client: TestClient) -> None:
    for where in (["seed>=3", "seed<=3"], ["seed!=null", "seed>3"], ["seed=3", "seed=3.0"], ["seed!=1", "seed!=2"]):
        assert names(client, *where) == ""


def test_runs_are_chosen_by_their_ids(client: TestClient, database: Database) -> None:
    first, _, third = write_runs(database, {}, {}, {})

    page = client.get("/api/runs", params={"view": "row", "id": [first, third, "unknown"]}).json()

    assert [run["id"] for run in page["items"]] == [third, first]


def test_a_time_may_be_so_long_before_now(client: TestClient, database: Database) -> None:
    now = time.time()
    write_runs(database, {"created_at": now - 3 * 86_400}, {"created_at": now - 3_600}, {"created_at": now})

    def found(where: str) -> list[str]:
        page = client.get("/api/runs", params={"view": "row", "where": where, "sort": "created_at"}).json()
        return [run["id"] for run in page["items"]]

    assert found("created_at>=-24h") == ["r000001", "r000002"]
    assert found("created_at<-2d") == ["r000000"]
