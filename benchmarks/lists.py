"""Lists of 1,000 and of 100,000 runs: rows and whole runs, any filters and order, groups, fields and CSV, on SQLite and
on PostgreSQL; what a launch and an epoch take then; and the table in Chromium.
"""

import random
import statistics
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import update

from backend.db.engine import Database, open_database
from backend.db.models import Run
from backend.runs.table.fields import FIELDS
from backend.settings import Settings
from benchmarks.many_runs import logged_writes, table_page
from benchmarks.many_runs.runs_table import insert_rows, row
from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board, running_board
from benchmarks.measuring.figure import Figure, percentile
from benchmarks.measuring.options import Options
from benchmarks.measuring.postgresql import postgresql_url

FEW, MANY = 1_000, 100_000
REPEATS, REPEATS_OF_EACH = 50, 5
ROWS_BUDGET_MS, SORTED_BUDGET_MS, BUDGET_MS = 4.0, 5.0, 8.0
ROWS_BUDGET_KB = 25.0
SUMMARY_BUDGET_MS = 100.0  # of groups and of the list of fields
CSV_BUDGET_MS = 10_000.0
LOADED_BUDGET_SECONDS = 15.0  # until all runs are in memory; until then the database filters and sorts
COMBINATIONS = 200
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
TEXTS = {"order by notes": {"sort": "notes"}, "text contains": {"where": "name~77"}}
TWO_FILTERS = {"where": "optimizer.learning_rate>=0.01", "status": "finished"}
NOT_IN_MEMORY = {**ROWS, "where": "batch_size=32"}  # the database takes some 100 ms for it
GROUPS = {"by": "batch_size,optimizer.name", "columns": "best.val_accuracy,last.loss,optimizer.learning_rate"}


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options, EPOCHBOARD_FRONTEND_DIR=str(Settings().frontend_dir)) as board:
        yield from measure(board, options)
    if options.smoke:  # a second board takes seconds
        return
    with postgresql_url() as url, running_board(options, EPOCHBOARD_DATABASE_URL=url) as board:
        database = open_database(Settings(database_url=url))
        for each in measure_many(board, database, options, 0):
            yield replace(each, name=f"PostgreSQL, {each.name}")
        database.engine.dispose()


def measure(board: Board, options: Options) -> Iterator[Figure]:
    few = 60 if options.smoke else FEW
    repeats = 2 if options.smoke else REPEATS
    database = open_database(Settings(data_dir=board.data_dir))
    write_runs(database, 0, few)
    yield from newest(board, few, repeats)
    yield figure(
        f"model and sort of {few:,} runs", answers_ms(board, repeats, "/api/runs", **BY_MODEL), SORTED_BUDGET_MS
    )
    yield from table_page.load_time(board, options, few)
    yield from measure_many(board, database, options, few)
    yield from table_page.longest_task(board, options, 120 if options.smoke else MANY)
    yield from logged_writes.figures(database, listed_run(row(0, random.Random(0)), MANY), repeats)
    database.engine.dispose()


def measure_many(board: Board, database: Database, options: Options, few: int) -> Iterator[Figure]:
    """Measures a board of 100,000 runs, of which it has `few` already."""
    many, repeats = (120, 2) if options.smoke else (MANY, REPEATS)
    write_runs(database, few, many)
    if not options.smoke:
        yield from in_memory(board, many)
    yield from newest(board, many, repeats)
    yield from each(board, many, 1 if options.smoke else REPEATS_OF_EACH)
    yield from combined(board, many, 3 if options.smoke else COMBINATIONS)
    yield after_a_change(board, database, many, repeats)
    yield from summaries(board, many, 2 if options.smoke else REPEATS_OF_EACH)


def in_memory(board: Board, runs: int) -> Iterator[Figure]:
    """Yields how long the runs that were just written are read into memory, and how fast the list is until then."""
    started, times = time.monotonic(), []

    def is_read() -> bool:
        times.append(answers_ms(board, 0, "/api/runs", **ROWS)[0])
        return min(answers_ms(board, 2, "/api/runs", **NOT_IN_MEMORY)) <= BUDGET_MS

    board.wait(is_read, 120, "runs in memory")
    yield Figure(f"{runs:,} runs read into memory", time.monotonic() - started, "s", LOADED_BUDGET_SECONDS)
    details = {"first": round(times[0], 1), "worst": round(max(times), 1), "turns": len(times)}
    yield Figure(f"newest 50 while {runs:,} runs are read", statistics.median(times), "ms", BUDGET_MS, details)


def newest(board: Board, runs: int, repeats: int) -> Iterator[Figure]:
    budget = ROWS_BUDGET_MS if runs <= FEW else BUDGET_MS
    yield figure(f"newest 50 of {runs:,} runs: rows", answers_ms(board, repeats, "/api/runs", **ROWS), budget)
    yield figure(f"newest 50 of {runs:,} runs: whole", answers_ms(board, repeats, "/api/runs"), BUDGET_MS)
    with urllib.request.urlopen(f"http://127.0.0.1:{board.port}/api/runs?view=row") as answer:
        yield Figure(f"50 rows of {runs:,} runs", len(answer.read()) / 1024, "KB", ROWS_BUDGET_KB)


def each(board: Board, runs: int, repeats: int) -> Iterator[Figure]:
    """Yields the slowest filter and the slowest order, by the medians of their answers, and what was slowest once."""
    paths = list(FIELDS)[: 3 if repeats == 1 else None]  # a smoke run has few
    orders = {f"{sign}{path}": {"sort": f"{sign}{path}"} for path in paths for sign in ("", "-")}
    yield slowest(f"slowest of {len(FILTERS)} filters of {runs:,} runs", medians(board, repeats, FILTERS))
    yield slowest(f"slowest of {len(orders)} orders of {runs:,} runs", medians(board, repeats, orders))
    for name, query in {**TEXTS, "two filters that leave half": TWO_FILTERS}.items():
        yield figure(f"{name}, {runs:,} runs", answers_ms(board, repeats, "/api/runs", **ROWS, **query), BUDGET_MS)


def combined(board: Board, runs: int, number: int) -> Iterator[Figure]:
    """Yields how long pairs and triples of filters take with any order, each requested three times.

    Rows of a page that is requested for the first time are not kept yet, except those of other pages.
    """
    draw = random.Random(0)
    queries = [combination(draw) for _ in range(number)]
    answers = [answers_ms(board, 2, "/api/runs", **ROWS, **query) for query in queries]
    times, first_times = [statistics.median(three) for three in answers], [three[0] for three in answers]
    worst = queries[times.index(max(times))]
    what = f"{number} combinations of filters and an order, {runs:,} runs"
    for percent in (50, 99, 100):
        details = {"worst": worst} if percent == 100 else {}
        yield Figure(f"{what}: {percent} % within", percentile(times, percent), "ms", BUDGET_MS, details)
        yield Figure(f"{what}, asked first: {percent} % within", percentile(first_times, percent), "ms", BUDGET_MS)


def combination(draw: random.Random) -> dict[str, Any]:
    query: dict[str, Any] = {"where": []}
    for part in draw.sample([*FILTERS.values(), *TEXTS.values()], draw.choice((2, 3))):
        query |= {**part, "where": [*query["where"], *([part["where"]] if "where" in part else [])]}
    conditions = {condition.partition(">")[0]: condition for condition in query["where"]}
    return {**query, "where": list(conditions.values()), "sort": draw.choice(("", "-")) + draw.choice(list(FIELDS))}


def after_a_change(board: Board, database: Database, runs: int, repeats: int) -> Figure:
    """Returns how long a list takes that has to read a changed run."""
    times = []
    for number in range(repeats + 1):
        with database.write() as session:
            session.execute(update(Run).where(Run.id == "listed000000").values(name=f"changed {number}"))
        times += answers_ms(board, 0, "/api/runs", **ROWS, sort="name")
    return figure(f"order by name after a run got another one, {runs:,} runs", times, BUDGET_MS)


def summaries(board: Board, runs: int, repeats: int) -> Iterator[Figure]:
    groups = answers_ms(board, repeats, "/api/runs/groups", **GROUPS)
    yield figure(f"groups by two fields, {runs:,} runs", groups, SUMMARY_BUDGET_MS)
    yield figure(f"fields of {runs:,} runs", answers_ms(board, repeats, "/api/runs/fields"), SUMMARY_BUDGET_MS)
    yield figure(f"CSV of {runs:,} runs", answers_ms(board, 1, "/api/runs.csv"), CSV_BUDGET_MS)


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
        "notes": f"note {number % 7}" if number % 5 == 0 else "",
    }
