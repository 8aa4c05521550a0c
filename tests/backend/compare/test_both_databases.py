"""What comparisons ask of the database, on SQLite and on PostgreSQL."""

from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.db.models import Run
from backend.settings import Settings
from tests.support.runs.compared import ComparedBoard

METRICS: list[dict[str, float | None]] = [
    {"val_accuracy": 0.5, "seconds": 2.0},
    {"val_accuracy": None, "seconds": 1.5},
    {"val_accuracy": 0.7},
]


def test_comparisons_are_the_same_on_each_database(database: Database, client: TestClient, settings: Settings) -> None:
    board = ComparedBoard(database, settings.data_dir, client)
    board.dataset("digits", [0, 0, 1, 1, 2, 2])
    first, second = board.run([0] * 6, METRICS), board.run([1] * 6, METRICS, seed=1)
    with database.write() as session:
        run = session.get_one(Run, second)
        run.spec, run.bet = {**run.spec, "init": {"run": first}}, 0.9
    runs = f"{first},{second}"
    client.post("/api/decisions", json={"runs": [first, second], "text": "Neither."})

    compared = board.get("/api/compare", runs=runs)
    by_rate = board.get("/api/compare/curves", runs=runs, group_by="optimizer.learning_rate", x="seconds")
    lineage = board.get("/api/compare/lineage", runs=first)
    bets = board.get("/api/bets", limit=1)

    assert (compared["runs"][0]["result"]["seconds"], compared["pair"]["n"]) == (3.5, 6)
    assert [(line["x"], line["mean"], line["counts"]) for line in by_rate["lines"]] == [
        ([2.0, 3.5], [0.5, 0.7], [2, 2])
    ]
    assert [(edge["from"], edge["to"], edge["kind"]) for edge in lineage["edges"]] == [(first, second, "initialised")]
    assert (lineage["decisions"][0]["text"], board.get("/api/decisions", run=first)["total"]) == ("Neither.", 1)
    assert (bets["items"][0]["value"], bets["items"][0]["noise"], bets["calibration"]["n"]) == (0.7, None, 1)
