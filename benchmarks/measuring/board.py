"""The board as a user starts it, with the timings of production, and the datasets that benchmarks bring to it."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import psutil

from backend.settings import Settings
from benchmarks.measuring.options import CIFAR, Options
from tests.support.files.zips import pets, zipped
from tests.support.service.program import TIMINGS, Program

DEFAULTS = {field.metadata["name"]: field.metadata["default"] for field in fields(Settings)}
PRODUCTION = {name: DEFAULTS[name] for name in TIMINGS}
PRODUCTION["EPOCHBOARD_IDLE_SECONDS"] = "86400"  # the worker times its device once: keep that out of the figures
QUIET_SECONDS = 1.0  # a process that used no processor time for this long is idle
KERAS_BYTES = 150e6  # less than a process holds that has imported Keras, more than one that has not
POLL_SECONDS = 1.0  # rarely, since each poll takes processor time from what is measured
ADD_DATASET_SECONDS = 600.0
BUNDLE_SECONDS = 300.0
END_STATUSES = ("finished", "failed", "stopped")


class Board(Program):
    """A started board. One for smoke runs does not wait until its processes are warm."""

    waits_until_warm = True

    def recipe(self, name: str, **changes: Any) -> dict[str, Any]:
        """Returns the spec of a recipe with `changes` to its top-level fields."""
        specs = {recipe["name"]: recipe["spec"] for recipe in self.get("/api/recipes")["items"]}
        return {**specs[name], **changes}

    def ended(self, run_id: str, seconds: float = 60) -> Any:
        """Waits until the run has ended, in any status, and returns it."""
        deadline = time.monotonic() + seconds
        while (run := self.run(run_id))["status"] not in END_STATUSES:
            assert time.monotonic() < deadline, f"run {run_id} is {run['status']} after {seconds:g} s"
            time.sleep(POLL_SECONDS if self.waits_until_warm else 0.1)
        return run

    def wait_for_trainer(self) -> None:
        """Waits until the next trainer has imported Keras and is idle."""
        if self.waits_until_warm:
            self.wait(lambda: is_idle(self.trainer()), 120, "a warm trainer")

    def wait_for_helper(self) -> None:
        """Waits until the process that predicts has imported Keras and is idle."""
        if self.waits_until_warm:
            self.wait(lambda: is_idle(self._helper()), 120, "a warm helper")

    def wait_for_datasets(self) -> None:
        """Waits until no dataset is being prepared; a new board begins with the digits."""
        if self.waits_until_warm:
            self.wait(lambda: not any(self._processes("worker.datasets.ingest")), 60, "prepared datasets")

    def wait_for_bundle(self, run_id: str) -> None:
        """Waits until the export that follows a run, which takes a core for seconds, is made or has failed."""

        def is_made() -> bool:
            exports = self.get(f"/api/runs/{run_id}/exports")["items"]
            return all(item["status"] in ("ready", "failed") for item in exports if item["kind"] == "bundle")

        self.wait(is_made, BUNDLE_SECONDS, "the bundle of a run")

    def memory_mib(self) -> float:
        """Returns the proportional set size of all processes: a page that n processes share counts 1/n in each."""
        return self._sum(lambda process: process.memory_full_info().pss) / 2**20

    def processor_seconds(self) -> float:
        """Returns the processor time of all processes since their start, with that of children that have ended."""
        return self._sum(lambda process: sum(process.cpu_times()[:4]))

    def _sum(self, value: Callable[[psutil.Process], float]) -> float:
        assert self._process is not None
        up, total = psutil.Process(self._process.pid), 0.0
        for process in (up, *up.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # a job that has just ended
                total += value(process)
        return total

    def _helper(self) -> psutil.Process:
        return self.wait(lambda: next(self._processes("worker.helper"), None), 60, "a helper")


@contextmanager
def running_board(options: Options, **environment: str) -> Iterator[Board]:
    """Yields a board in a temporary folder, with a warm trainer."""
    with tempfile.TemporaryDirectory(prefix="epochboard-bench-") as folder:
        board = Board(Path(folder), **{**PRODUCTION, **environment})
        board.waits_until_warm = not options.smoke
        with board.running():
            board.wait_for_trainer()
            yield board


def is_idle(process: psutil.Process) -> bool:
    """True if a process has Keras in memory, imported or forked with it, and rests for QUIET_SECONDS."""
    try:
        before = sum(process.cpu_times()[:2])
        time.sleep(QUIET_SECONDS)
        after, memory = sum(process.cpu_times()[:2]), process.memory_info().rss
    except psutil.NoSuchProcess:
        return False  # the trainer of the run that has just ended
    return memory > KERAS_BYTES and after - before < 0.02


def add_dataset(board: Board, dataset: str, options: Options) -> str:
    """Adds a dataset before anything is measured. Returns its name on the board: another one for uploads."""
    if options.smoke:
        return add_pets(board)
    if dataset == CIFAR and options.photos is not None:
        return add_zip(board, "photos", options.photos.read_bytes())
    if board.get(f"/api/datasets/{dataset}")["status"] != "ready":
        board.post(f"/api/datasets/{dataset}/prepare", b"")
    wait_for_dataset(board, dataset)
    return dataset


def add_pets(board: Board) -> str:
    """Adds 20 small images of two classes."""
    return add_zip(board, "pets", zipped(pets()))


def add_zip(board: Board, name: str, content: bytes, side: int = 32) -> str:
    if name not in {item["name"] for item in board.get("/api/datasets")["items"]}:
        board.post(f"/api/datasets?name={name}&image_size={side}", content, "application/zip", ADD_DATASET_SECONDS)
    wait_for_dataset(board, name)
    return name


def wait_for_dataset(board: Board, name: str) -> None:
    def is_ready() -> bool:
        dataset = board.get(f"/api/datasets/{name}")
        assert dataset["status"] != "failed", dataset["error"]
        return bool(dataset["status"] == "ready")

    board.wait(is_ready, ADD_DATASET_SECONDS, f"the dataset {name}")
