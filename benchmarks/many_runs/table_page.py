"""The table of runs in Chromium: when its first rows are shown, and the longest task while one scrolls through it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from benchmarks.measuring.board import Board
from benchmarks.measuring.chromium import DESKTOP, browser, load_ms, observe_tasks, observed_tasks
from benchmarks.measuring.figure import Figure, percentile
from benchmarks.measuring.options import Options

if TYPE_CHECKING:
    from playwright.sync_api import Page

VISITS = 15
LOAD_BUDGET_MS = 400.0
TASK_BUDGET_MS = 100.0
SCROLLS = 40
REST_MS = 1_000  # after the first rows, until the page has loaded everything
READING_MS = 15_000  # at the end of the table, while the rows above are read page by page
ROW = "[data-testid=run-row]"
# To a place that is a share of the whole table, past rows that are not read yet.
SCROLL = "(share) => { const pane = document.querySelector('.pane'); pane.scrollTop = pane.scrollHeight * share }"


def load_time(board: Board, options: Options, runs: int) -> Iterator[Figure]:
    """Yields when the table's first rows are drawn, for a browser that has never seen the board."""
    with browser(options) as chromium:
        if chromium:
            times = [load_ms(chromium, f"http://127.0.0.1:{board.port}/", ROW) for _ in range(VISITS)]
            details = {"p95": round(percentile(times, 95), 1), "visits": VISITS}
            yield Figure(f"page of {runs:,} runs shown", percentile(times, 50), "ms", LOAD_BUDGET_MS, details)


def longest_task(board: Board, options: Options, runs: int) -> Iterator[Figure]:
    """Yields the longest task of the main thread while one scrolls and sorts."""
    with browser(options) as chromium:
        if chromium:
            page = chromium.new_page(**DESKTOP)
            page.goto(f"http://127.0.0.1:{board.port}/")
            page.wait_for_selector(ROW)
            page.wait_for_timeout(REST_MS)
            tasks = tasks_of(page)
            name = f"table of {runs:,} runs: longest task of the page"
            yield Figure(name, max(tasks, default=0.0), "ms", TASK_BUDGET_MS, {"above_50_ms": len(tasks)})


def tasks_of(page: "Page") -> list[float]:
    """Returns the milliseconds of the tasks above 50 ms while one scrolls, sorts, and goes to the end."""
    observe_tasks(page)
    for number in range(SCROLLS):
        page.evaluate(SCROLL, number / SCROLLS / 10)
        page.wait_for_timeout(50)
    page.evaluate(SCROLL, 0)
    page.get_by_role("button", name="Val. accuracy at best").first.click()
    page.wait_for_timeout(REST_MS)
    page.evaluate(SCROLL, 1)
    page.wait_for_timeout(READING_MS)
    return observed_tasks(page)
