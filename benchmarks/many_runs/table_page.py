"""The table of runs in Chromium: when its first rows are shown, and the longest task while one scrolls through it."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.board import Board
from benchmarks.figure import Figure, percentile
from benchmarks.options import Options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VISITS = 15
SHOWN_BUDGET_MS = 400.0
TASK_BUDGET_MS = 100.0
SCROLLS = 40
REST_MS = 1_000  # after the first rows, until the page has loaded everything
ROW = "[data-testid=run-row]"
SHOWN_MS = f"""() => new Promise((done) => {{
  const drawn = () => requestAnimationFrame(() => done(performance.now()))
  const look = () => (document.querySelector('{ROW}') ? drawn() : setTimeout(look, 2))
  look()
}})"""
OBSERVE_TASKS = """() => {
  window.tasks = []
  const note = (list) => window.tasks.push(...list.getEntries().map((task) => task.duration))
  new PerformanceObserver(note).observe({ type: 'longtask' })
}"""
# To a place that is a share of the whole table, past rows that are not read yet.
SCROLL = "(share) => { const pane = document.querySelector('.pane'); pane.scrollTop = pane.scrollHeight * share }"


def shown(board: Board, options: Options, runs: int) -> Iterator[Figure]:
    """Yields when the table's first rows are drawn, for a browser that has never seen the board."""
    with browser(options) as chromium:
        if chromium:
            times = [visit(chromium, board) for _ in range(VISITS)]
            details = {"p95": round(percentile(times, 95), 1), "visits": VISITS}
            yield Figure(f"page of {runs:,} runs shown", percentile(times, 50), "ms", SHOWN_BUDGET_MS, details)


def longest_task(board: Board, options: Options, runs: int) -> Iterator[Figure]:
    """Yields the longest task of the main thread while one scrolls and sorts."""
    with browser(options) as chromium:
        if chromium:
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"http://127.0.0.1:{board.port}/")
            page.wait_for_selector(ROW)
            page.wait_for_timeout(REST_MS)
            tasks = tasks_of(page)
            name = f"table of {runs:,} runs: longest task of the page"
            yield Figure(name, max(tasks, default=0.0), "ms", TASK_BUDGET_MS, {"above_50_ms": len(tasks)})


def tasks_of(page: "Page") -> list[float]:
    """Returns the milliseconds of the tasks above 50 ms, which is what browsers report."""
    page.evaluate(OBSERVE_TASKS)
    for number in range(SCROLLS):
        page.evaluate(SCROLL, number / SCROLLS / 10)
        page.wait_for_timeout(50)
    page.evaluate(SCROLL, 0)
    page.get_by_role("button", name="Val. accuracy at best").first.click()
    page.wait_for_timeout(REST_MS)
    return list(page.evaluate("window.tasks"))


def visit(chromium: "Browser", board: Board) -> float:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{board.port}/", wait_until="commit")
    milliseconds = float(page.evaluate(SHOWN_MS))
    context.close()
    return milliseconds


@contextmanager
def browser(options: Options) -> Iterator["Browser | None"]:
    """Yields a browser; None for smoke runs, which have no page, and where there is none."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if options.smoke or not chromium or not importlib.util.find_spec("playwright"):
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()
