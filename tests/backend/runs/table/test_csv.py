"""Runs as CSV over HTTP, on both databases."""

import csv
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.runs.table import csv_export
from tests.support.runs.stored_runs import write_runs


def table(client: TestClient, **query: Any) -> list[list[str]]:
    answer = client.get("/api/runs.csv", params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="runs.csv"'
    return list(csv.reader(answer.text.splitlines()))


def test_all_matches_are_written_in_their_order(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_export, "BATCH", 2)
    write_runs(database, *({"seed": seed, "name": "a, b" if seed else "c"} for seed in range(5)))

    lines = table(client, columns="name,seed,callbacks.terminate_on_nan,test.accuracy", where="seed<4", sort="-seed")

    assert lines == [
        ["id", "name", "seed", "callbacks.terminate_on_nan", "test.accuracy"],
        *(["r00000" + str(seed), "a, b" if seed else "c", str(seed), "true", ""] for seed in (3, 2, 1, 0)),
    ]


def test_without_columns_the_usual_ones_are_written(client: TestClient, database: Database) -> None:
    write_runs(database, {"tags": ["one", "zwölf"]})

    head, line = table(client)

    assert dict(zip(head, line, strict=True)) | {"best.val_accuracy": "0.75", "tags": "one, zwölf"} == dict(
        zip(head, line, strict=True)
    )


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_a_text_that_looks_like_a_formula_is_marked_as_a_text(
    client: TestClient, database: Database, name: str
) -> None:
    write_runs(database, {"name": name, "best_loss": -0.5})

    assert table(client, columns="name,best.loss")[1][1:] == [f"'{name}", "-0.5"]


def test_a_bad_query_is_refused_before_the_file_begins(client: TestClient) -> None:
    for query, name in (({"columns": "sed"}, "columns"), ({"where": "sed=1"}, "where"), ({"limit": "3"}, "limit")):
        answer = client.get("/api/runs.csv", params=query)
        assert (answer.status_code, answer.json()["errors"][0]["loc"][:2]) == (422, ["query", name])
