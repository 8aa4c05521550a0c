"""What an open page asks the server for while a run trains an epoch a second, and the time of a list of files."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from backend.db.engine import open_database
from backend.db.models import Epoch
from backend.settings import Settings
from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board, running_board
from benchmarks.measuring.chromium import DESKTOP, browser
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from tests.support.runs.stored_runs import METRICS, write_runs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

SECONDS, SETTLE_SECONDS = 60.0, 6.0
BUDGET_PER_MINUTE, ON_SCREEN_BUDGET = 2.0, 30.0  # matrix, report and images of an epoch every ten seconds
LIST_BUDGET_MS = 5.0
EPOCHS, SMOKE_EPOCHS, REPEATS = 10_000, 20, 50
# One image a step makes an epoch of the digits take about a second; at this rate each one is the best so far.
SLOW_AND_STEADY = {"batch_size": 1, "optimizer": {"name": "sgd", "learning_rate": 1e-5}, "epochs": 2_000}


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options, EPOCHBOARD_FRONTEND_DIR=str(Settings().frontend_dir)) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Smoke runs have no page, and leave it out."""
    yield list_of_files(board, SMOKE_EPOCHS if options.smoke else EPOCHS)
    with browser(options) as chromium:
        if chromium:
            yield from open_pages(board, chromium)


def list_of_files(board: Board, epochs: int) -> Figure:
    """Measures a run that was trained before its files' figures were stored: the first list stores them."""
    database = open_database(Settings(data_dir=board.data_dir))
    (run_id,) = write_runs(database, {"id": "files", "epoch": epochs, "epochs": epochs})
    metrics = {**METRICS, "learning_rate": 0.001, "penalty": 0.0, "seconds": 1.5}
    rows = [{"run_id": run_id, "epoch": number, "metrics": metrics} for number in range(1, epochs + 1)]
    with database.write() as session:
        session.execute(insert(Epoch), [{**row, "predictions": "", "predictions_sha256": ""} for row in rows])
    database.engine.dispose()
    times = answers_ms(board, REPEATS, f"/api/runs/{run_id}/artifacts")
    return figure(f"list of files at {epochs:,} epochs", times, LIST_BUDGET_MS)


def open_pages(board: Board, chromium: "Browser") -> Iterator[Figure]:
    ended = board.launch(spec=board.recipe("digits-quick", epochs=3))
    board.ended(ended)
    run_id = board.launch(spec=board.recipe("digits-quick", **SLOW_AND_STEADY))
    board.at_epoch(run_id, 2)
    yield requests_of(board, chromium, "run", f"/runs/{run_id}", BUDGET_PER_MINUTE)
    yield requests_of(board, chromium, "run, matrix on the screen", f"/runs/{run_id}#mistakes", ON_SCREEN_BUDGET)
    yield requests_of(board, chromium, "list of runs", "/", BUDGET_PER_MINUTE)
    yield requests_of(board, chromium, "comparison of two runs", f"/compare?runs={ended},{run_id}")
    board.post(f"/api/runs/{run_id}/stop", b'{"mode": "kill"}')


def requests_of(board: Board, chromium: "Browser", name: str, path: str, budget: float | None = None) -> Figure:
    """Counts what a page asks for in a minute, after it has been open for a while; its open stream is no request."""
    page = chromium.new_page(base_url=f"http://127.0.0.1:{board.port}", **DESKTOP)
    page.goto(path)
    page.wait_for_timeout(SETTLE_SECONDS * 1000)
    counter = count_requests(page)
    started, first = time.monotonic(), epoch_of(board)
    page.wait_for_timeout(SECONDS * 1000)
    minutes = (time.monotonic() - started) / 60
    details = {"epochs": epoch_of(board) - first, "requests": dict(counter.most_common())}
    page.close()
    return Figure(f"requests a minute of an open page: {name}", counter.total() / minutes, "/min", budget, details)


def count_requests(page: "Page") -> "Counter[str]":
    """Returns a counter, by the kind of address, of what the page requests from now on."""
    counter: Counter[str] = Counter()

    def count(request: "Request") -> None:
        if request.url.startswith("http"):
            path = request.url.split("/", 3)[3].split("?")[0]
            counter[re.sub(r"runs/[^/]+/", "runs/{id}/", re.sub(r"\d+\.png", "N.png", path))] += 1

    page.on("request", count)
    return counter


def epoch_of(board: Board) -> int:
    running: list[Any] = board.get("/api/runs?status=running")["items"]
    return int(running[0]["epoch"])
