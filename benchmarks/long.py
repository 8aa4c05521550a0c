"""Answers about a run of 100,000 epochs, whose rows are written instead of trained, and about one of 10,000."""

import math
import random
import statistics
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import insert

from backend.db.engine import Database, open_database
from backend.db.models import Epoch, Run
from backend.runs.metrics.blocks import BLOCK_EPOCHS, pack_blocks
from backend.runs.metrics.names import METRICS
from backend.settings import Settings
from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board, running_board
from benchmarks.measuring.chromium import DESKTOP, browser, load_ms, observe_tasks, observed_tasks
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from benchmarks.page.load_times import CURVE
from tests.support.runs.stored_runs import run_row

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EPOCHS, HISTORY_EPOCHS = 100_000, 10_000
REPEATS = 25
READ_BUDGET_MS = 40.0
HISTORY_BUDGET_MS = 30.0
DIAGNOSIS_BUDGET_MS = 100.0
CHART_BUDGET_MS, TASK_BUDGET_MS = 400.0, 100.0
VISITS, SCROLLS, REST_MS = 7, 40, 2_000
PACK_BUDGET_MS = 100.0  # once in 512 epochs


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options, EPOCHBOARD_FRONTEND_DIR=str(Settings().frontend_dir)) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    epochs, history = (1_100, 600) if options.smoke else (EPOCHS, HISTORY_EPOCHS)
    repeats = 2 if options.smoke else REPEATS
    database = open_database(Settings(data_dir=board.data_dir))
    pack_ms = [write_run(database, 900_000, epochs), write_run(database, 900_001, history)]
    database.engine.dispose()
    address = "/api/runs/r900000"
    times = answers_ms(board, repeats, f"{address}/metrics", max_points="2000")
    yield figure(f"series of {epochs:,} epochs", times, READ_BUDGET_MS)
    yield figure(
        f"diagnosis of {epochs:,} epochs", answers_ms(board, repeats, f"{address}/diagnosis"), DIAGNOSIS_BUDGET_MS
    )
    times = answers_ms(board, repeats, "/api/runs/r900001/artifacts/history.csv")
    yield figure(f"history.csv of {history:,} epochs", times, HISTORY_BUDGET_MS)
    yield from chart(board, options, epochs)
    first, last = pack_ms[1][0], pack_ms[0][-1]
    details = {"first": first, "last": last}
    yield Figure("packing of a block", statistics.median(pack_ms[0]), "ms", PACK_BUDGET_MS, details)


def chart(board: Board, options: Options, epochs: int) -> Iterator[Figure]:
    """Yields when the curves are drawn, and the longest task while one works on the page after it has loaded."""
    address = f"http://127.0.0.1:{board.port}/runs/r900000"
    with browser(options) as chromium:
        if chromium is None:
            return
        times = [load_ms(chromium, address, CURVE) for _ in range(VISITS)]
        details = {"worst": round(max(times), 1), "visits": len(times)}
        yield Figure(f"chart of {epochs:,} epochs", statistics.median(times), "ms", CHART_BUDGET_MS, details)
        tasks = tasks_of(chromium, address)
        yield Figure(f"longest task of the page of {epochs:,} epochs", max(tasks, default=0.0), "ms", TASK_BUDGET_MS)


def tasks_of(chromium: "Browser", address: str) -> list[float]:
    """Returns the milliseconds of the tasks above 50 ms while one scrolls, after everything has loaded."""
    page = chromium.new_page(**DESKTOP)
    page.goto(address)
    page.wait_for_selector(CURVE, state="attached")
    page.wait_for_timeout(REST_MS)
    observe_tasks(page)
    for _ in range(SCROLLS):
        page.mouse.wheel(0, 150)
        page.wait_for_timeout(50)
    tasks = observed_tasks(page)
    page.close()
    return tasks


def write_run(database: Database, number: int, epochs: int) -> list[float]:
    """Writes a run as its trainer does, block by block, and returns the milliseconds that each block was packed in."""
    draw = random.Random(0)
    row = {**run_row(number), "epoch": epochs, "epochs": epochs}
    with database.write() as session:
        session.execute(insert(Run), [row])
    times = []
    for start in range(0, epochs, BLOCK_EPOCHS):
        last = min(start + BLOCK_EPOCHS, epochs)
        with database.write() as session:
            session.execute(insert(Epoch), [epoch_row(row["id"], epoch, draw) for epoch in range(start + 1, last + 1)])
            started = time.perf_counter()
            pack_blocks(session, row["id"], last)
            session.flush()
            times.append(round((time.perf_counter() - started) * 1e3, 1))
    return times[: epochs // BLOCK_EPOCHS]


def epoch_row(run_id: str, epoch: int, draw: random.Random) -> dict[str, object]:
    metrics = {name: 0.8 * math.exp(-epoch / 20_000) + draw.random() / 10 for name in METRICS}
    return {"run_id": run_id, "epoch": epoch, "metrics": metrics, "predictions": "p", "predictions_sha256": "0"}
