"""Which fields stored runs have, over HTTP, on both databases."""

from typing import Any

from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.runs.metrics.names import METRICS
from backend.runs.table.fields import FIELDS, METRIC_TITLES
from tests.support.runs.stored_runs import write_runs


def fields(client: TestClient, **query: Any) -> dict[str, dict[str, Any]]:
    return {field["path"]: field for field in client.get("/api/runs/fields", params=query).json()["items"]}


def test_without_runs_there_is_no_field(client: TestClient) -> None:
    assert fields(client) == {}


def test_fields_have_their_values_and_their_range(client: TestClient, database: Database) -> None:
    write_runs(
        database,
        {"optimizer.learning_rate": 0.1, "metrics": {"val_accuracy": 0.9}, "model.options.filters": [8]},
        {"augmentation": {"horizontal_flip": True}, "model.options.filters": [8, 16], "recipe": None},
    )

    found = fields(client)

    def facts(path: str) -> tuple[Any, ...]:
        field = found[path]
        return field["kind"], field["group"], field["values"], field["min"], field["max"], field["differs"]

    assert facts("batch_size") == ("number", "spec", [32], 32, 32, False)
    assert facts("augmentation") == ("boolean", "spec", [True], None, None, True)
    assert facts("augmentation.horizontal_flip") == ("boolean", "spec", [True], None, None, True)
    assert facts("model.options.filters") == ("text", "spec", ["[8,16]", "[8]"], None, None, True)
    assert facts("recipe") == ("text", "run", ["digits-quick"], None, None, True)
    assert facts("status") == ("text", "run", ["finished"], None, None, False)
    assert facts("best.val_accuracy") == ("number", "best", None, 0.75, 0.9, True)
    assert facts("last.loss") == ("number", "last", None, 0.5, 0.5, False)
    assert facts("created_at")[:2] == ("time", "run")
    assert found["created_at"]["min"] == "2026-09-21T14:13:20.000Z"
    assert found["optimizer.learning_rate"]["title"] == "Learning rate"
    assert {"test.accuracy", "optimizer.momentum", "study"} & set(found) == set()


def test_of_more_than_fifty_values_none_is_listed(client: TestClient, database: Database) -> None:
    write_runs(database, *({"seed": seed} for seed in range(51)))

    assert fields(client)["seed"] == {
        "path": "seed",
        "title": "Seed",
        "kind": "number",
        "group": "spec",
        "values": None,
        "min": 0,
        "max": 50,
        "differs": True,
    }


def test_a_value_that_is_listed_is_found_by_a_condition(client: TestClient, database: Database) -> None:
    write_runs(database, {"optimizer": {"name": "sgd", "nesterov": True}, "class_weights": {"1": 2.0}}, {"seed": 3})

    for path, field in fields(client).items():
        for value in (field["values"] or []) if path != "tags" else []:
            text = str(value).lower() if isinstance(value, bool) else value
            assert client.get("/api/runs", params={"where": f"{path}={text}"}).json()["total"] > 0, (path, value)


def test_all_metrics_have_a_title() -> None:
    assert set(METRICS) == set(METRIC_TITLES)
    assert all(field.title for field in FIELDS.values())


def test_a_launch_and_a_deletion_change_the_values(client: TestClient, database: Database) -> None:
    _, second = write_runs(database, {"seed": 1}, {"seed": 2})
    assert fields(client)["seed"]["values"] == [1, 2]

    assert client.delete(f"/api/runs/{second}").status_code == 204
    assert fields(client)["seed"]["values"] == [1]

    write_runs(database, {"id": "later", "created_at": 2e9, "seed": 3})
    assert fields(client)["seed"]["values"] == [1, 3]


def test_fields_of_matching_runs_differ_among_them(client: TestClient, database: Database) -> None:
    write_runs(database, {"seed": 1, "tags": ["mine"]}, {"seed": 2, "tags": ["mine"]}, {"seed": 3, "batch_size": 64})

    assert fields(client)["batch_size"]["differs"]
    mine = fields(client, tag="mine")
    assert (mine["seed"]["values"], mine["batch_size"]["values"], mine["batch_size"]["differs"]) == (
        [1, 2],
        [32],
        False,
    )
