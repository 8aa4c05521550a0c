"""The time from `epochboard up` to `ready at URL`, and what a board takes before it trains: memory, processor time."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring.board import PRODUCTION, Board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from tests.support.service.program import free_port

BUDGET_SECONDS = 1.2
MEMORY_BUDGET_MIB, IDLE_BUDGET_PERCENT = 200.0, 2.0
SETTLE_SECONDS = 4.0  # after which the workers run
IDLE_SECONDS = 20.0  # over which the processor time of an idle board is counted
FIRST_EPOCH_BUDGET_SECONDS = 15.0
STARTS = ("first", "second", "third")


def figures(options: Options) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="epochboard-bench-") as folder:
        for number in STARTS[:1] if options.smoke else STARTS:
            yield Figure(f"up to ready, {number} start", seconds_to_ready(folder), "s", BUDGET_SECONDS)
    yield from before_a_trainer(options.smoke)
    yield Figure("up to the first epoch of a first run", seconds_to_first_epoch(), "s", FIRST_EPOCH_BUDGET_SECONDS)


def before_a_trainer(smoke: bool) -> Iterator[Figure]:
    """Measures a board that has started no trainer yet: its memory, and its processor time at the start and at rest."""
    with tempfile.TemporaryDirectory(prefix="epochboard-bench-") as folder:
        board = Board(Path(folder), **PRODUCTION, EPOCHBOARD_PREFORK="false")
        with board.running():
            time.sleep(0.0 if smoke else SETTLE_SECONDS)
            board.wait_for_datasets()
            start = board.processor_seconds()
            yield Figure("memory before a trainer (PSS)", board.memory_mib(), "MiB", MEMORY_BUDGET_MIB)
            yield Figure("processor time of a start", start, "s")
            seconds = 0.1 if smoke else IDLE_SECONDS
            time.sleep(seconds)
            idle = 100 * (board.processor_seconds() - start) / seconds
            yield Figure("processor time of an idle board", idle, "% of a core", IDLE_BUDGET_PERCENT)


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
