"""Answers about a run of 100,000 epochs, whose rows are written instead of trained, one of 10,000, and their page."""

import statistics
from collections.abc import Iterator

from backend.db.engine import open_database
from backend.settings import Settings
from benchmarks.long import run_page
from benchmarks.long.stored_epochs import write_run
from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options

EPOCHS, HISTORY_EPOCHS = 100_000, 10_000
REPEATS = 25
READ_BUDGET_MS = 40.0
HISTORY_BUDGET_MS = 30.0
DIAGNOSIS_BUDGET_MS = 100.0
PACK_BUDGET_MS = 100.0  # once in 512 epochs


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options, EPOCHBOARD_FRONTEND_DIR=str(Settings().frontend_dir)) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    epochs, history = (1_100, 600) if options.smoke else (EPOCHS, HISTORY_EPOCHS)
    repeats = 2 if options.smoke else REPEATS
    database = open_database(Settings(data_dir=board.data_dir))
    pack_ms = [write_run(database, 900_000, epochs), write_run(database, 900_001, history)]
    address = "/api/runs/r900000"
    times = answers_ms(board, repeats, f"{address}/metrics", max_points="2000")
    yield figure(f"series of {epochs:,} epochs", times, READ_BUDGET_MS)
    yield figure(
        f"diagnosis of {epochs:,} epochs", answers_ms(board, repeats, f"{address}/diagnosis"), DIAGNOSIS_BUDGET_MS
    )
    times = answers_ms(board, repeats, "/api/runs/r900001/artifacts/history.csv")
    yield figure(f"history.csv of {history:,} epochs", times, HISTORY_BUDGET_MS)
    yield from run_page.figures(board, options, database, "r900000", epochs)
    database.engine.dispose()
    first, last = pack_ms[1][0], pack_ms[0][-1]
    details = {"first": first, "last": last}
    yield Figure("packing of a block", statistics.median(pack_ms[0]), "ms", PACK_BUDGET_MS, details)
