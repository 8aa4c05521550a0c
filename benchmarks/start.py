"""From `epochboard up` to its line `ready at URL`, once installed: on a fresh data folder, and again on the same."""

import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator

from benchmarks.figure import Figure
from tests.faults.program import free_port

BUDGET_SECONDS = 3.0


def figures(_options: Namespace) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="epochboard-bench-") as folder:
        for which in ("first", "second", "third"):
            yield Figure(f"up to ready, {which} start", seconds_to_ready(folder), "s", BUDGET_SECONDS)


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
