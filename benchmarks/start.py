"""From `epochboard up` to its line `ready at URL`, once installed: on a fresh data folder, and again on the same."""

import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from benchmarks.board import AS_SHIPPED, Board
from benchmarks.figure import Figure
from tests.support.program import free_port

BUDGET_SECONDS = 3.0
FIRST_CURVE_SECONDS = 15.0


def figures(_options: Namespace) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="epochboard-bench-") as folder:
        for which in ("first", "second", "third"):
            yield Figure(f"up to ready, {which} start", seconds_to_ready(folder), "s", BUDGET_SECONDS)
    yield Figure("up to the first epoch of a first run", seconds_to_first_epoch(), "s", FIRST_CURVE_SECONDS)


def seconds_to_first_epoch() -> float:
    """On a fresh data folder, with nothing warm: what somebody waits who starts the board and presses at once."""
    with tempfile.TemporaryDirectory(prefix="epochboard-bench-") as folder:
        board = Board(Path(folder), **AS_SHIPPED)
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
