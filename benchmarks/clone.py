"""`make up` on a bare clone, until its page is served and until the first curve moves.

The caches of uv, pip and npm are empty, so everything comes from the registries. It downloads 400 MB and takes a
minute, so it runs only where it is named: `make bench ARGS=clone`.
"""

import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.measuring.board import PRODUCTION, Board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options

ROOT = Path(__file__).parents[1]
PAGE_BUDGET_SECONDS, CURVE_BUDGET_SECONDS = 40.0, 55.0
CACHES = ("UV_CACHE_DIR", "PIP_CACHE_DIR", "npm_config_cache")
READY = "ready at "
# Each part with the beginnings of the lines between which it runs. The page's parts run beside the others.
PARTS = {
    "environment": ("Making .venv", "Installing the Python packages"),
    "Python packages": ("Installing the Python packages", "Installed the Python packages"),
    "npm packages": ("Installing the page's packages …", "Installing the page's packages: done"),
    "page built": ("Building the page …", "Building the page: done"),
}


class ClonedBoard(Board):
    """The board of a fresh clone of what is committed here, started by `make up`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, **PRODUCTION, **{name: str(folder / name) for name in CACHES})
        self.clone = folder / "clone"
        del self._environment["EPOCHBOARD_FRONTEND_DIR"]
        for name in ("PYTHONDONTWRITEBYTECODE", "MAKEFLAGS", "MAKELEVEL"):  # of this `make bench`, or of a shell
            self._environment.pop(name, None)
        self.started = 0.0
        self.seconds_of: dict[str, float] = {}

    def start(self) -> None:
        """Clones, starts, and keeps the seconds from the start to each line of output, until `ready at`."""
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(self.clone)], check=True)
        self.started = time.perf_counter()
        command = ["make", "up", f"ARGS=--port {self.port} --data-dir {self.data_dir} --no-open"]
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                command, cwd=self.clone, env=self._environment, stdout=output, stderr=output
            )
        self.wait(self._reads_ready, 600, "`make up` to be ready", 0.05)

    def _reads_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"`make up` ended:\n{self._output.read_text()[-5000:]}"
        now = time.perf_counter() - self.started
        for line in self._output.read_text().splitlines():
            self.seconds_of.setdefault(line, now)
        return any(READY in line for line in self.seconds_of)


def figures(_options: Options) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="epochboard-bench-") as folder:
        board = ClonedBoard(Path(folder))
        with board.running():
            page = time.perf_counter() - board.started
            board.at_epoch(board.launch(recipe="digits-quick"), 1)
            curve = time.perf_counter() - board.started
    for part, seconds in parts(board.seconds_of).items():
        yield Figure(f"bare clone: {part}", seconds, "s")
    yield Figure("bare clone to page", page, "s", PAGE_BUDGET_SECONDS)
    yield Figure("bare clone to the first epoch of a run", curve, "s", CURVE_BUDGET_SECONDS)


def parts(seconds_of: Mapping[str, float]) -> dict[str, float]:
    """Returns the seconds that each part took, from those at which the lines of output came."""

    def at(beginning: str) -> float:
        return next(seconds for line, seconds in seconds_of.items() if line.startswith(beginning))

    done = {part: at(end) for part, (_, end) in PARTS.items()}
    ready = next(seconds for line, seconds in seconds_of.items() if READY in line)
    durations = {part: done[part] - at(begin) for part, (begin, _) in PARTS.items()}
    return {**durations, "start": ready - max(done.values())}
