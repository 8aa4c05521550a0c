"""Answers about the runs table, with rows that are written instead of trained."""

import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert

from backend.db.engine import Database, open_database
from backend.db.models import Run, SearchText
from backend.runs.table.search import folded
from backend.settings import Settings
from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from tests.support.runs.stored_runs import run_row

RUNS = 10_000
REPEATS = 15
BATCH = 1_000  # rows that are written at once
ANSWER_BUDGET_MS = 200.0
FIELDS_BUDGET_MS = 300.0  # once for a page, not for each change of the table

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


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Every answer has 50 rows or groups with three columns. `benchmarks.lists` measures more runs."""
    runs, repeats = (60, 2) if options.smoke else (RUNS, REPEATS)
    database = open_database(Settings(data_dir=board.data_dir))
    write_rows(database, runs)
    database.engine.dispose()
    for name, (path, query) in ANY_FIELD.items():
        times = answers_ms(board, repeats, path, **{"columns": COLUMNS, **query})
        yield figure(f"table of {runs:,} runs: {name}", times, ANSWER_BUDGET_MS)
    times = answers_ms(board, repeats, "/api/runs/fields")
    yield figure(f"table of {runs:,} runs: fields", times, FIELDS_BUDGET_MS)


def write_rows(database: Database, number: int) -> None:
    """Writes runs with different learning rates, batch sizes, optimizers and results; every tenth one failed."""
    draw = random.Random(0)
    insert_rows(database, [row(n, draw) for n in range(number)])


def row(number: int, draw: random.Random) -> dict[str, Any]:
    spec = {
        "optimizer": {"name": draw.choice(("adam", "sgd")), "learning_rate": 10 ** draw.uniform(-4, 0)},
        "batch_size": draw.choice((16, 32, 64)),
        "seed": number,
    }
    metrics = {name: draw.random() for name in ("loss", "accuracy", "val_loss", "val_accuracy", "val_macro_f1")}
    return run_row(number, metrics=metrics, status="finished" if number % 10 else "failed", **spec)


def insert_rows(database: Database, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        with database.write() as session:
            batch = rows[start : start + BATCH]
            texts = [{"run_id": row["id"], "text": folded("\n".join((row["name"], *row["tags"])))} for row in batch]
            session.execute(insert(Run), batch)
            session.execute(insert(SearchText), texts)
