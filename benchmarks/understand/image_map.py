"""The map of 10,000 images: the time until it is computed, and until a browser has drawn it."""

import json
import statistics
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from benchmarks.measuring.board import Board, add_dataset
from benchmarks.measuring.chromium import browser
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import FASHION, Options, how_to_include
from benchmarks.understand.scored_runs import ScoredRuns

if TYPE_CHECKING:
    from playwright.sync_api import Browser

COMPUTED_SECONDS, DRAWN_SECONDS = 60.0, 1.0
OPENINGS = 5
POLL_SECONDS = 0.25
MAX_SECONDS = 600.0


def measure(board: Board, _runs: ScoredRuns, options: Options) -> Iterator[Figure]:
    """With the recipe `fashion-strided`, trained for one epoch; smoke runs take the digits."""
    if not options.has_images(FASHION):
        print(f"The map is left out: {how_to_include(FASHION)}", file=sys.stderr)
        return
    run_id = board.launch(spec=_spec(board, options))
    board.ended(run_id, MAX_SECONDS)
    started = time.perf_counter()
    board.post(f"/api/runs/{run_id}/evaluations", json.dumps({"kind": "map"}).encode())
    board.wait(lambda: _is_ready(board, run_id), MAX_SECONDS, "the map", POLL_SECONDS)
    seconds = time.perf_counter() - started
    images = len(board.get(f"/api/runs/{run_id}/map")["index"])
    yield Figure(f"map of {images:,} images computed", seconds, "s", COMPUTED_SECONDS)
    with browser(options) as chromium:
        if chromium:
            times = _drawn_seconds(chromium, f"http://127.0.0.1:{board.port}/runs/{run_id}/map")
            details = {"worst": round(max(times), 2), "openings": len(times)}
            yield Figure(f"map of {images:,} images drawn", statistics.median(times), "s", DRAWN_SECONDS, details)


def _spec(board: Board, options: Options) -> dict[str, Any]:
    if options.smoke:
        return board.recipe("digits-quick", epochs=1)
    add_dataset(board, FASHION, options)
    return board.recipe("fashion-strided", epochs=1)


def _is_ready(board: Board, run_id: str) -> bool:
    (item,) = board.get(f"/api/runs/{run_id}/evaluations")["items"]
    assert item["status"] != "failed", item["error"]
    return bool(item["status"] == "ready")


def _drawn_seconds(chromium: "Browser", address: str) -> list[float]:
    """Returns the seconds from opening the address, in a browser with an empty cache, until the points are drawn."""
    times = []
    for _ in range(OPENINGS):
        page = chromium.new_page()
        started = time.perf_counter()
        page.goto(address)
        page.wait_for_selector("canvas[data-drawn]")
        times.append(time.perf_counter() - started)
        page.close()
    return times
