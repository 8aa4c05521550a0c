"""Lists of 1,000 and of 100,000 runs: rows and whole runs, each filter and each order, and the table in Chromium."""

import random
import statistics
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

from backend.db.engine import Database, open_database
from backend.runs.table.fields import FIELDS
from backend.settings import Settings
from benchmarks.many_runs import table_page
from benchmarks.many_runs.runs_table import insert_rows, row
from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options

FEW, MANY = 1_000, 100_000
REPEATS, REPEATS_OF_EACH = 50, 5
ROWS_BUDGET_MS, SORTED_BUDGET_MS, BUDGET_MS = 4.0, 5.0, 8.0
ROWS_BUDGET_KB = 25.0
MODELS = ("strided_cnn", "vgg", "batchnorm_cnn", "layers")
ROWS = {"view": "row"}
BY_MODEL = {**ROWS, "model": "vgg", "sort": "-best.val_accuracy"}
FILTERS: dict[str, Mapping[str, str]] = {
    "status": {"status": "failed"},
    "status of most": {"status": "finished"},
    "dataset": {"dataset": "digits"},
    "model": {"model": "vgg"},
    "tag": {"tag": "t3"},
    "study": {"study": "s1"},
    "owner": {"owner": "ann"},
    "search, all": {"q": "run"},
    "search, some": {"q": "run 77"},
    "search, few": {"q": "run 777"},
    "number": {"where": "optimizer.learning_rate>=0.01"},
    "few numbers": {"where": "optimizer.learning_rate>=0.98"},
    "text": {"where": "optimizer.name=adam"},
    "not": {"where": "batch_size!=32"},
    "null": {"where": "augmentation=null"},
    "metric, ordered by another": {"where": "last.val_loss<0.5", "sort": "-last.accuracy"},
    "model, ordered by a metric": {"model": "vgg", "sort": "-last.accuracy"},
    "status, ordered by a setting": {"status": "failed", "sort": "optimizer.learning_rate"},
}
WITHOUT_INDEX = {"order by notes": {"sort": "notes"}, "text contains": {"where": "name~77"}}
TWO_FILTERS = {"where": "optimizer.learning_rate>=0.01", "status": "finished"}


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options, EPOCHBOARD_FRONTEND_DIR=str(Settings().frontend_dir)) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    few, many = (60, 120) if options.smoke else (FEW, MANY)
    repeats = 2 if options.smoke else REPEATS
    database = open_database(Settings(data_dir=board.data_dir))
    write_runs(database, 0, few)
    yield from newest(board, few, repeats)
    yield figure(
        f"model and sort of {few:,} runs", answers_ms(board, repeats, "/api/runs", **BY_MODEL), SORTED_BUDGET_MS
    )
    yield from table_page.load_time(board, options, few)
    write_runs(database, few, many)
    yield from newest(board, many, repeats)
    yield from each(board, many, 1 if options.smoke else REPEATS_OF_EACH)
    yield from table_page.longest_task(board, options, many)
    database.engine.dispose()


def newest(board: Board, runs: int, repeats: int) -> Iterator[Figure]:
    budget = ROWS_BUDGET_MS if runs <= FEW else BUDGET_MS
    yield figure(f"newest 50 of {runs:,} runs: rows", answers_ms(board, repeats, "/api/runs", **ROWS), budget)
    yield figure(f"newest 50 of {runs:,} runs: whole", answers_ms(board, repeats, "/api/runs"), BUDGET_MS)
    with urllib.request.urlopen(f"http://127.0.0.1:{board.port}/api/runs?view=row") as answer:
        yield Figure(f"50 rows of {runs:,} runs", len(answer.read()) / 1024, "KB", ROWS_BUDGET_KB)


def each(board: Board, runs: int, repeats: int) -> Iterator[Figure]:
    """Yields the slowest filter and the slowest order, by the medians of their answers, and what has no index."""
    paths = [path for path in FIELDS if path != "notes"][: 3 if repeats == 1 else None]  # a smoke run has few
    orders = {f"{sign}{path}": {"sort": f"{sign}{path}"} for path in paths for sign in ("", "-")}
    yield slowest(f"slowest of {len(FILTERS)} filters of {runs:,} runs", medians(board, repeats, FILTERS))
    yield slowest(f"slowest of {len(orders)} orders of {runs:,} runs", medians(board, repeats, orders))
    for name, query in {**WITHOUT_INDEX, "two filters that leave half": TWO_FILTERS}.items():
        yield figure(f"{name}, {runs:,} runs", answers_ms(board, repeats, "/api/runs", **ROWS, **query), BUDGET_MS)


def medians(board: Board, repeats: int, queries: Mapping[str, Mapping[str, str]]) -> dict[str, float]:
    return {
        name: statistics.median(answers_ms(board, repeats, "/api/runs", **ROWS, **query)[1:])
        for name, query in queries.items()
    }


def slowest(name: str, times: Mapping[str, float]) -> Figure:
    first, *others = sorted(times, key=times.__getitem__, reverse=True)
    details = {"which": first, "next": {other: round(times[other], 2) for other in others[:3]}}
    return Figure(
        name, times[first], "ms", BUDGET_MS, {**details, "median": round(statistics.median(times.values()), 2)}
    )


def write_runs(database: Database, first: int, last: int) -> None:
    """Writes the runs with the numbers from `first` on, up to `last`; one in a thousand is of a study."""
    draw = random.Random(first)
    patterns = [row(number, draw) for number in range(min(FEW, last - first))]
    insert_rows(database, [listed_run(patterns[n % len(patterns)], n) for n in range(first, last)])


def listed_run(pattern: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {
        **pattern,
        "id": f"listed{number:06}",
        "name": f"run {number}",
        "model": MODELS[number % len(MODELS)],
        "created_at": pattern["created_at"] + number,
        "tags": [f"t{number % 20}"] if number % 3 else [],
        "study": f"s{number % 1000}" if number % 2 else None,
        "owner": "ann" if number % 10 == 0 else None,
    }
