"""What an open page asks the server for while a run trains an epoch a second, and the time of a list of files."""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from backend.datasets import registry
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
BUDGET_PER_MINUTE = 2.0
PROGRESS_SECONDS = 1.0
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
    """Counts for all pages at once what each asks for, after it has been open for a while; its stream is no request."""
    ended = board.launch(spec=board.recipe("digits-quick", epochs=3))
    board.ended(ended)
    spec = board.recipe("digits-quick", **SLOW_AND_STEADY)
    study = board.post("/api/studies", json.dumps({"kind": "repeat", "spec": spec, "seeds": [0, 1]}).encode())["id"]
    run_id = board.wait(lambda: board.get("/api/runs?status=running")["items"], 60, "the first run")[0]["id"]
    board.at_epoch(run_id, 2)
    with preparing_dataset(board):
        yield from count_all(board, chromium, pages_of(ended, run_id, study))
    board.post(f"/api/studies/{study}/stop", b'{"mode": "kill"}')


def pages_of(ended: str, run_id: str, study: str) -> dict[str, str]:
    return {
        "run": f"/runs/{run_id}",
        "run, matrix on the screen": f"/runs/{run_id}#mistakes",
        "predictions of a run": f"/runs/{run_id}#try",
        "list of runs": "/",
        "comparison of two runs": f"/compare?runs={ended},{run_id}",
        "study": f"/studies/{study}",
        "datasets, one of which is prepared": "/datasets",
        "workers": "/workers",
    }


def count_all(board: Board, chromium: "Browser", paths: Mapping[str, str]) -> Iterator[Figure]:
    pages = {name: chromium.new_page(base_url=f"http://127.0.0.1:{board.port}", **DESKTOP) for name in paths}
    for name, page in pages.items():
        page.goto(paths[name])
    page.wait_for_timeout(SETTLE_SECONDS * 1000)
    counters = {name: count_requests(page) for name, page in pages.items()}
    started, first = time.monotonic(), epoch_of(board)
    page.wait_for_timeout(SECONDS * 1000)
    minutes, epochs = (time.monotonic() - started) / 60, epoch_of(board) - first
    for name, counter in counters.items():
        details = {"epochs": epochs, "requests": dict(counter.most_common())}
        rate = counter.total() / minutes
        yield Figure(f"requests a minute of an open page: {name}", rate, "/min", BUDGET_PER_MINUTE, details)
    for page in pages.values():
        page.close()


@contextmanager
def preparing_dataset(board: Board) -> Iterator[None]:
    """Reports each second of the block the progress of a dataset that is fetched, as its job does."""
    database, is_done = open_database(Settings(data_dir=board.data_dir)), threading.Event()

    def report() -> None:
        progress = count()
        while not is_done.wait(PROGRESS_SECONDS):
            with database.write() as session:
                row = registry.mark_preparing(session, "mnist")
                registry.touch(
                    session, row, {"text": "Downloading", "done": next(progress), "total": 1_000, "unit": "bytes"}
                )

    thread = threading.Thread(target=report)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()
        database.engine.dispose()


def count_requests(page: "Page") -> "Counter[str]":
    """Returns a counter, by the kind of address, of what the page requests from now on."""
    counter: Counter[str] = Counter()

    def add(request: "Request") -> None:
        if request.url.startswith("http"):
            path = request.url.split("/", 3)[3].split("?")[0]
            counter[re.sub(r"runs/[^/]+/", "runs/{id}/", re.sub(r"\d+\.png", "N.png", path))] += 1

    page.on("request", add)
    return counter


def epoch_of(board: Board) -> int:
    running: list[Any] = board.get("/api/runs?status=running")["items"]
    return int(running[0]["epoch"])
