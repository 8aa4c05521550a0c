"""The board as a user starts it, with the timings of production."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from backend.settings import Settings
from tests.support.program import TIMINGS, Program

AS_SHIPPED = {name: str(Settings.model_fields[name[len("EPOCHBOARD_") :].lower()].default) for name in TIMINGS}
AS_SHIPPED["EPOCHBOARD_IDLE_SECONDS"] = "86400"  # timing the device, once, is no part of what is measured
QUIET_SECONDS = 1.0
LOOK_SECONDS = 1.0  # the API should serve, not answer us, while something is measured
ENDS = ("finished", "failed", "stopped")


class Board(Program):
    def recipe(self, name: str, **changes: Any) -> dict[str, Any]:
        """The spec of a recipe, changed."""
        specs = {recipe["name"]: recipe["spec"] for recipe in self.get("/api/recipes")["items"]}
        return {**specs[name], **changes}

    def ended(self, run_id: str, seconds: float = 60) -> Any:
        """The run once it has ended, whichever way."""
        deadline = time.monotonic() + seconds
        while (run := self.run(run_id))["status"] not in ENDS:
            assert time.monotonic() < deadline, f"run {run_id} is {run['status']} after {seconds:g} s"
            time.sleep(LOOK_SECONDS)
        return run

    def helper(self) -> psutil.Process:
        return self.wait(lambda: next(self._processes("worker.helper"), None), 60, "a helper")

    def warm_up(self) -> None:
        """Wait until the next trainer has imported what it needs and only waits for its run."""
        self.wait(lambda: idle(self.trainer()), 120, "a trainer that is warm")


@contextmanager
def running_board(**environment: str) -> Iterator[Board]:
    """A board in a folder of its own, ready and warm."""
    with tempfile.TemporaryDirectory(prefix="epochboard-bench-") as folder:
        board = Board(Path(folder), **{**AS_SHIPPED, **environment})
        with board.running():
            board.warm_up()
            yield board


def idle(process: psutil.Process) -> bool:
    """Whether a process has used some processor time and, for a while now, no more of it."""
    try:
        before = sum(process.cpu_times()[:2])
        time.sleep(QUIET_SECONDS)
        after = sum(process.cpu_times()[:2])
    except psutil.NoSuchProcess:
        return False  # the trainer of the run that has just ended
    return after > 1 and after - before < 0.02
