"""Groups of runs over HTTP: values, mean and spread, pages in the order of a tree, on both databases."""

import random
import statistics
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.runs.table.columns.grouping import spreads
from tests.support.runs.stored_runs import write_runs

SEEDS = [
    {"batch_size": 16, "seed": 0, "metrics": {"val_accuracy": 0.8}},
    {"batch_size": 16, "seed": 1, "metrics": {"val_accuracy": 0.9}},
    {"batch_size": 8, "seed": 0, "metrics": {"val_accuracy": 0.5}},
    {"batch_size": 8, "seed": 0, "optimizer": {"name": "sgd", "momentum": 0.9}, "best_val_accuracy": None},
]


def groups(client: TestClient, **query: Any) -> Any:
    answer = client.get("/api/runs/groups", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_group_has_the_mean_and_the_spread_of_its_runs(client: TestClient, database: Database) -> None:
    write_runs(database, *SEEDS)

    page = groups(client, by="batch_size", columns="best.val_accuracy,name,seed")

    small, large = page["items"]
    assert (small["values"], small["n"], large["values"], large["n"]) == ({"batch_size": 8}, 2, {"batch_size": 16}, 2)
    assert small["summary"]["best.val_accuracy"] == {"mean": 0.5, "deviation": None, "low": 0.5, "high": 0.5, "n": 1}
    accuracy = large["summary"]["best.val_accuracy"]
    assert list(accuracy) == ["mean", "deviation", "low", "high", "n"]
    assert list(accuracy.values()) == pytest.approx([0.85, 0.0707107, 0.8, 0.9, 2])
    assert set(large["summary"]) == {"best.val_accuracy", "seed"}


def test_a_group_counts_the_statuses_of_its_runs(client: TestClient, database: Database) -> None:
    write_runs(database, *SEEDS, {"batch_size": 8, "status": "failed"})

    small, large = groups(client, by="batch_size")["items"]

    assert (small["statuses"], large["statuses"]) == ({"finished": 2, "failed": 1}, {"finished": 2})


def test_groups_by_several_fields_are_paged_in_the_order_of_a_tree(client: TestClient, database: Database) -> None:
    write_runs(database, *SEEDS, {"recipe": None}, {"recipe": None, "optimizer": {"name": "sgd", "momentum": 0.5}})
    query = {"by": "recipe,optimizer.momentum,batch_size", "limit": 1}
    expected = [
        ("digits-quick", 0.9, 8),
        ("digits-quick", None, 8),
        ("digits-quick", None, 16),
        (None, 0.5, 32),
        (None, None, 32),
    ]

    pages = [groups(client, **query)]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(groups(client, **query, cursor=cursor))

    assert [tuple(page["items"][0]["values"].values()) for page in pages] == expected
    assert {page["total"] for page in pages} == {5}


def test_groups_are_those_that_python_makes(client: TestClient, database: Database) -> None:
    draw = random.Random(0)
    sizes, accuracies = draw.choices((8, 16, 32), k=40), draw.choices((0.1, 0.25, 0.7, None), k=40)
    recipes = draw.choices((None, "a", "b"), k=40)
    rows = zip(sizes, recipes, accuracies, strict=True)
    write_runs(database, *({"batch_size": s, "recipe": r, "best_val_accuracy": a} for s, r, a in rows))
    values = defaultdict(list)
    for size, recipe, accuracy in zip(sizes, recipes, accuracies, strict=True):
        values[size, recipe].append(accuracy)

    items = groups(client, by="batch_size,recipe", columns="best.val_accuracy", limit=200)["items"]

    assert [tuple(item["values"].values()) for item in items] == sorted(values, key=lambda key: (key[0], key[1] or "z"))
    for item in items:
        of_group = values[tuple(item["values"].values())]
        present = [accuracy for accuracy in of_group if accuracy is not None]
        summary = item["summary"]["best.val_accuracy"]
        assert (item["n"], summary["n"]) == (len(of_group), len(present))
        assert summary["mean"] == pytest.approx(statistics.mean(present))
        assert summary["deviation"] == pytest.approx(statistics.stdev(present) if len(present) > 1 else None)
        assert (summary["low"], summary["high"]) == (min(present), max(present))


def test_groups_are_of_the_runs_that_match_the_filters(client: TestClient, database: Database) -> None:
    write_runs(database, *SEEDS)

    page = groups(client, by="optimizer.name,augmentation", where=["batch_size=8", "seed=0"])

    values = [(group["values"], group["n"]) for group in page["items"]]
    assert values == [
        ({"optimizer.name": "adam", "augmentation": None}, 1),
        ({"optimizer.name": "sgd", "augmentation": None}, 1),
    ]


@pytest.mark.parametrize(
    ("query", "loc", "message"),
    [
        ({}, "by", "is missing and is required"),
        ({"by": "sed"}, "by", 'there is no field "sed"; similar ones are seed'),
        ({"by": ","}, "by", "runs are grouped by one to 4 fields; you gave 0"),
        ({"by": "seed,name,status,model,dataset"}, "by", "runs are grouped by one to 4 fields; you gave 5"),
        ({"by": "seed", "columns": "x"}, "columns", 'there is no field "x"'),
        ({"by": "seed", "cursor": "x"}, "cursor", "does not belong to a page of this query"),
        ({"by": "seed", "sort": "name"}, "sort", "there is no such field; allowed here: id, status"),
    ],
)
def test_a_bad_query_is_refused(client: TestClient, query: dict[str, str], loc: str, message: str) -> None:
    answer = client.get("/api/runs/groups", params=query)

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["loc"]) == (422, ["query", loc])
    assert message in error["msg"]


def test_the_deviation_is_that_of_a_sample_and_exact_far_from_zero() -> None:
    values = np.array([1e9, 1e9 + 1, np.nan, 1e9 + 2, 0.1, 0.1, 0.1])

    far, equal, empty = spreads(values, np.array([0, 0, 0, 0, 1, 1, 1]), 3)

    assert far == (1e9 + 1, 1.0, 1e9, 1e9 + 2, 3)
    assert equal == (0.1, 0.0, 0.1, 0.1, 3)
    assert empty == (None, None, None, None, 0)
