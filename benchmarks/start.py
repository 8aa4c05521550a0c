"""The time from `epochboard up` to `ready at URL`, with a fresh data folder and again with the same one."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.board import PRODUCTION, Board
from benchmarks.figure import Figure
from benchmarks.options import Options
from tests.support.program import free_port

BUDGET_SECONDS = 3.0
FIRST_EPOCH_BUDGET_SECONDS = 15.0
STARTS = ("first", "second", "third")


def figures(options: Options) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="epochboard-bench-") as folder:
        for number in STARTS[:1] if options.smoke else STARTS:
            yield Figure(f"up to ready, {number} start", seconds_to_ready(folder), "s", BUDGET_SECONDS)
    yield Figure("up to the first epoch of a first run", seconds_to_first_epoch(), "s", FIRST_EPOCH_BUDGET_SECONDS)


def seconds_to_first_epoch() -> float:
    """Starts a board with a fresh data folder and launches a run as soon as it is ready, with a cold trainer."""
    with tempfile.TemporaryDirectory(prefix="epochboard-bench-") as folder:
        board = Board(Path(folder), **PRODUCTION)
        started = time.perf_counter()
        with board.running():
            board.at_epoch(board.launch(recipe="digits-quick"), 1)
            return time.perf_counter() - started


def seconds_to_ready(folder: str) -> float:
    command = (sys.executable, "-m", "standalone.main", "up", "--no-open", "--data-dir", folder)
    started = time.perf_counter()
    process = subprocess.Popen((*command, "--port", str(free_port())), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        for line in process.stdout:
            if "ready at " in line:
                return time.perf_counter() - started
        raise AssertionError("`epochboard up` ended before it was ready")
    finally:
        process.terminate()
        process.communicate(timeout=30)
