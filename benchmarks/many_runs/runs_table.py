"""Answers about the runs table, with rows that are written instead of trained."""

import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert

from backend.db.engine import Database, open_database
from backend.db.models import Run
from backend.settings import Settings
from benchmarks.answers import answers_ms, figure
from benchmarks.board import Board
from benchmarks.figure import Figure
from benchmarks.options import Options
from tests.support.stored_runs import run_row

RUNS, MANY_RUNS = 10_000, 100_000
REPEATS = 15
BATCH = 1_000  # rows that are written at once
ANSWER_BUDGET_MS = 200.0
FIELDS_BUDGET_MS = 300.0  # once for a page, not for each change of the table
NEWEST_BUDGET_MS = 8.0  # also of orders and filters that have an index

COLUMNS = "optimizer.learning_rate,best.val_accuracy,last.loss"
ANY_FIELD: dict[str, tuple[str, dict[str, str]]] = {
    "filter on a spec field": ("/api/runs", {"view": "row", "where": "optimizer.learning_rate>=0.01"}),
    "sort by a spec field": ("/api/runs", {"view": "row", "sort": "-optimizer.learning_rate"}),
    "filter and sort by metrics": (
        "/api/runs",
        {"view": "row", "where": "last.val_loss<0.5", "sort": "-last.accuracy"},
    ),
    "groups by two spec fields": (
        "/api/runs/groups",
        {"by": "batch_size,optimizer.name", "columns": "best.val_accuracy,last.loss,optimizer.learning_rate"},
    ),
}
INDEXED: dict[str, dict[str, str]] = {
    "newest rows": {},
    "sort by best.val_accuracy": {"sort": "-best.val_accuracy"},
    "filter on the status": {"status": "failed"},
}


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Every answer has 50 rows or groups with three columns; the larger number of runs is for what has an index."""
    runs, many = (60, 120) if options.smoke else (RUNS, MANY_RUNS)
    repeats = 2 if options.smoke else REPEATS
    database = open_database(Settings(data_dir=board.data_dir))
    rows = write_rows(database, runs)
    for name, (path, query) in ANY_FIELD.items():
        times = answers_ms(board, repeats, path, **{"columns": COLUMNS, **query})
        yield figure(f"table of {runs:,} runs: {name}", times, ANSWER_BUDGET_MS)
    times = answers_ms(board, repeats, "/api/runs/fields")
    yield figure(f"table of {runs:,} runs: fields", times, FIELDS_BUDGET_MS)
    yield from indexed(board, repeats, runs)
    write_copies(database, rows, many)
    yield from indexed(board, repeats, many)
    database.engine.dispose()


def indexed(board: Board, repeats: int, runs: int) -> Iterator[Figure]:
    for name, query in INDEXED.items():
        times = answers_ms(board, repeats, "/api/runs", view="row", columns=COLUMNS, **query)
        yield figure(f"table of {runs:,} runs: {name}", times, NEWEST_BUDGET_MS)


def write_rows(database: Database, number: int) -> list[dict[str, Any]]:
    """Writes runs with different learning rates, batch sizes, optimizers and results; every tenth one failed."""
    draw = random.Random(0)
    rows = [row(n, draw) for n in range(number)]
    insert_rows(database, rows)
    return rows


def row(number: int, draw: random.Random) -> dict[str, Any]:
    spec = {
        "optimizer": {"name": draw.choice(("adam", "sgd")), "learning_rate": 10 ** draw.uniform(-4, 0)},
        "batch_size": draw.choice((16, 32, 64)),
        "seed": number,
    }
    metrics = {name: draw.random() for name in ("loss", "accuracy", "val_loss", "val_accuracy", "val_macro_f1")}
    return run_row(number, metrics=metrics, status="finished" if number % 10 else "failed", **spec)


def write_copies(database: Database, rows: list[dict[str, Any]], number: int) -> None:
    """Writes copies of rows, in turn, until there are `number` runs."""
    changed = ({"id": f"r{n:06}", "created_at": rows[0]["created_at"] + n} for n in range(len(rows), number))
    insert_rows(database, [{**rows[n % len(rows)], **change} for n, change in enumerate(changed)])


def insert_rows(database: Database, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        with database.write() as session:
            session.execute(insert(Run), rows[start : start + BATCH])
