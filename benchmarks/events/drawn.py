"""The time from an epoch's commit until an open page has drawn it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.events.announced_run import announced_run
from benchmarks.events.commits import insert_times
from benchmarks.measuring.board import Board
from benchmarks.measuring.chromium import browser
from benchmarks.measuring.figure import Figure, percentile
from benchmarks.measuring.options import Options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BUDGET_P50_MS, BUDGET_P95_MS = 35.0, 80.0
EPOCHS, EPOCHS_PER_SECOND = 150, 3.3  # not a multiple of a frame, so that commits come at any time of one
TRAINED_EPOCHS = 200
IDLE_SECONDS = 2.0
# Records, for the number of points that the chart has, the time after the frame that shows them.
RECORD_FRAMES = """() => {
  const chart = document.querySelector('[data-testid="chart-loss"]')
  const channel = new MessageChannel()
  const frames = (window.frames_drawn = [])
  let recorded = Number(chart.dataset.points)
  channel.port1.onmessage = ({ data }) => frames.push([data, performance.timeOrigin + performance.now()])
  const record = () => {
    const points = Number(chart.dataset.points)
    if (points <= recorded) return
    recorded = points
    requestAnimationFrame(() => channel.port2.postMessage(points))
  }
  const everything = { subtree: true, childList: true, attributes: true }
  new MutationObserver(record).observe(chart.querySelector('.plot'), everything)
}"""


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Smoke runs have no page, and leave it out."""
    with browser(options) as chromium:
        if chromium:
            yield from announced_epochs(chromium, board)
            yield from trained_epochs(chromium, board)


def announced_epochs(chromium: "Browser", board: Board) -> Iterator[Figure]:
    with announced_run(board, "drawn") as run, run_page(chromium, board, run.id) as page:
        run.add_epochs(EPOCHS, EPOCHS_PER_SECOND)
        frames = frames_of(page)
    yield from delays("an epoch's commit to drawn", frames, dict(enumerate(run.commit_times.values(), start=1)))


def trained_epochs(chromium: "Browser", board: Board) -> Iterator[Figure]:
    run_id = board.launch(spec=board.recipe("digits-quick", epochs=TRAINED_EPOCHS))
    with run_page(chromium, board, run_id) as page:
        board.ended(run_id)
        frames = frames_of(page)
    commits = dict(enumerate(insert_times(board, run_id).values(), start=1))
    yield from delays("the same, while the two cores train digits-quick", frames, commits)


@contextmanager
def run_page(chromium: "Browser", board: Board, run_id: str) -> Iterator["Page"]:
    """Yields a run's page that records when its loss chart shows how many epochs."""
    page = chromium.new_page()
    page.goto(f"http://127.0.0.1:{board.port}/runs/{run_id}")
    page.wait_for_selector('[data-testid="chart-loss"] .plot svg')
    page.evaluate(RECORD_FRAMES)
    time.sleep(IDLE_SECONDS)
    yield page
    page.close()


def frames_of(page: "Page") -> dict[int, float]:
    """Returns number of epochs in the chart → seconds since 1970 of the first frame that shows them."""
    time.sleep(IDLE_SECONDS)
    return {int(points): milliseconds / 1000 for points, milliseconds in page.evaluate("window.frames_drawn")}


def delays(name: str, frames: Mapping[int, float], commits: Mapping[int, float]) -> Iterator[Figure]:
    """An epoch is drawn by the first frame that shows it or a later one. Those before the first frame are left out."""
    values = [
        (min(at for points, at in frames.items() if points >= epoch) - committed) * 1000
        for epoch, committed in commits.items()
        if min(frames) <= epoch <= max(frames)
    ]
    details = {"epochs": len(values), "frames": len(frames), "max": round(max(values), 1)}
    yield Figure(f"{name}, p50", percentile(values, 50), "ms", BUDGET_P50_MS, details)
    yield Figure(f"{name}, p95", percentile(values, 95), "ms", BUDGET_P95_MS)
