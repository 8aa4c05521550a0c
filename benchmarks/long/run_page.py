"""The page of a long run in Chromium: when its curves are drawn, and the longest task after that."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backend.db.engine import Database
from benchmarks.events.announced_run import AnnouncedRun, announced_run
from benchmarks.long.stored_epochs import write_epochs
from benchmarks.measuring.board import Board
from benchmarks.measuring.chromium import DESKTOP, browser, load_ms, observe_tasks, observed_tasks
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from benchmarks.page.load_times import CURVE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHART_BUDGET_MS, TASK_BUDGET_MS = 400.0, 100.0
VISITS, SCROLLS, REST_MS = 7, 40, 2_000
LIVE_EPOCHS, LIVE_EPOCHS_PER_SECOND = 100, 10
CHART = "[data-testid=chart-loss] .plot"
PLOTLY = f"{CHART} .main-svg"


def figures(board: Board, options: Options, database: Database, ended: str, epochs: int) -> Iterator[Figure]:
    with browser(options) as chromium:
        if chromium:
            yield from drawn(chromium, f"http://127.0.0.1:{board.port}/runs/{ended}", epochs)
            yield from live(chromium, board, database, epochs)


def drawn(chromium: "Browser", address: str, epochs: int) -> Iterator[Figure]:
    """Yields when the curves are drawn, and the longest task while one scrolls."""
    times = [load_ms(chromium, address, CURVE) for _ in range(VISITS)]
    details = {"worst": round(max(times), 1), "visits": len(times)}
    yield Figure(f"chart of {epochs:,} epochs", statistics.median(times), "ms", CHART_BUDGET_MS, details)
    with loaded_page(chromium, address) as page:
        for _ in range(SCROLLS):
            page.mouse.wheel(0, 150)
            page.wait_for_timeout(50)
        yield longest(page, f"page of {epochs:,} epochs")


def live(chromium: "Browser", board: Board, database: Database, epochs: int) -> Iterator[Figure]:
    """Yields the longest task while ten epochs a second come in: as the chart opens, and while it is pointed at."""
    stored = epochs - 2 * LIVE_EPOCHS
    with announced_run(board, "long-live", epoch=stored, epochs=epochs) as run:
        write_epochs(database, run.id, stored)
        with loaded_page(chromium, f"http://127.0.0.1:{board.port}/runs/{run.id}") as page:
            append(run)
            yield longest(page, f"{LIVE_EPOCHS_PER_SECOND} epochs a second to a run of {epochs:,}")
        with loaded_page(chromium, f"http://127.0.0.1:{board.port}/runs/{run.id}") as page:
            page.hover(CHART)
            page.wait_for_selector(PLOTLY, state="attached")
            page.wait_for_timeout(REST_MS)
            observe_tasks(page)
            append(run)
            yield longest(page, f"{LIVE_EPOCHS_PER_SECOND} epochs a second to a chart of {epochs:,} that is pointed at")


def append(run: AnnouncedRun) -> None:
    run.add_epochs(LIVE_EPOCHS, LIVE_EPOCHS_PER_SECOND)


@contextmanager
def loaded_page(chromium: "Browser", address: str) -> Iterator["Page"]:
    """Yields the page once everything has loaded, and records its tasks from then on."""
    page = chromium.new_page(**DESKTOP)
    page.goto(address)
    page.wait_for_selector(CURVE, state="attached")
    page.wait_for_timeout(REST_MS)
    observe_tasks(page)
    yield page
    page.close()


def longest(page: "Page", name: str) -> Figure:
    """Browsers report tasks above 50 ms; 0 means that there was none."""
    tasks = observed_tasks(page)
    details = {"above_50_ms": len(tasks)}
    return Figure(f"longest task, {name}", max(tasks, default=0.0), "ms", TASK_BUDGET_MS, details)
