"""Starts the whole program as a user does. A test may kill its processes."""

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM
from typing import Any, TypeVar

import psutil
import redis

from backend.die_with_parent import dying_with_this_process
from backend.messaging.wakeups import Wakeups
from backend.settings import Settings
from tests.support.service.streams import StreamEvent, epochs_of, read_stream

T = TypeVar("T")

# Shorter than in production, because a lost worker is noticed only when its lease has expired.
TIMINGS = {
    "EPOCHBOARD_HEARTBEAT_SECONDS": "1",
    "EPOCHBOARD_LEASE_SECONDS": "9",
    "EPOCHBOARD_REAPER_SECONDS": "0.5",
    "EPOCHBOARD_SWEEPER_SECONDS": "2",
    "EPOCHBOARD_POLL_SECONDS": "1",
    "EPOCHBOARD_IDLE_SECONDS": "600",  # an idle worker would time its device while the test runs
    "EPOCHBOARD_EXPORTS": "false",  # and the jobs worker would make a bundle of each run
}
POLL_SECONDS = 0.25  # each poll takes processor time from the program that the test waits for
EPOCH_POLL_SECONDS = 0.1  # an epoch of `slow_spec` takes 0.1 s
PARTS = {"api": "uvicorn", "valkey": "valkey-server", "worker": "train-"}


class Program:
    """`epochboard up` with its own port and data folder. `environment` overrides TIMINGS."""

    def __init__(self, folder: Path, **environment: str) -> None:
        page = folder / "page"
        page.mkdir()
        (page / "index.html").write_text("<!doctype html><title>a page</title>")
        self.data_dir = folder / "data"
        self.port = free_port()
        self._environment = {**os.environ, **TIMINGS, "EPOCHBOARD_FRONTEND_DIR": str(page), **environment}
        self._output = folder / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def running(self) -> Iterator["Program"]:
        try:
            self.start()
            yield self
        finally:
            self.stop()

    def start(self) -> None:
        up = [sys.executable, "-m", "standalone.main", "up", "--port", str(self.port), "--no-open"]
        command = [*up, "--data-dir", str(self.data_dir)]
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                dying_with_this_process(command, SIGTERM),  # an interrupted test run leaves no program behind
                env=self._environment,
                stdout=output,
                stderr=output,
            )
        self.wait(self._is_ready, 60, "the board and its worker to be ready")

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"`up` ended:\n{self._output.read_text()[-5000:]}"
        return self.status("/readyz") == 200

    def stop(self) -> None:
        """Sends SIGTERM, as a shutdown of the machine does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)

    def kill(self) -> list[psutil.Process]:
        """Kills `up` alone with SIGKILL and returns the processes that it had started."""
        assert self._process is not None
        processes = psutil.Process(self._process.pid).children(recursive=True)
        self._process.kill()
        self._process.wait(5)
        return processes

    def wakeups(self) -> Wakeups:
        """Returns a sender of the messages that the API sends to workers."""
        return Wakeups(self._settings())

    def redis(self) -> "redis.Redis":
        return redis.Redis.from_url(self._settings().broker_url)

    def _settings(self) -> Settings:
        return Settings(data_dir=self.data_dir)

    def status(self, path: str) -> int | None:
        """Returns the status code of a GET, None when no server answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def get(self, path: str, seconds: float = 10) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=seconds) as response:
            return json.load(response)

    def post(self, path: str, body: bytes, content_type: str = "application/json", seconds: float = 60) -> Any:
        address, headers = f"http://127.0.0.1:{self.port}{path}", {"Content-Type": content_type}
        request = urllib.request.Request(address, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=seconds) as response:
            return json.load(response)

    def delete(self, path: str) -> None:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method="DELETE")
        with urllib.request.urlopen(request, timeout=10):
            pass

    def download(self, run_id: str, name: str, folder: Path) -> Path:
        target = folder / f"{run_id}-{name}"
        address = f"http://127.0.0.1:{self.port}/api/runs/{run_id}/artifacts/{name}"
        with urllib.request.urlopen(address, timeout=30) as response:
            target.write_bytes(response.read())
        return target

    def launch(self, **body: Any) -> str:
        """Creates a run and returns its id."""
        return str(self.post("/api/runs", json.dumps(body).encode())["id"])

    def run(self, run_id: str) -> Any:
        return self.get(f"/api/runs/{run_id}")

    def log(self, run_id: str) -> str:
        return "\n".join(line["text"] for line in self.get(f"/api/runs/{run_id}/log")["items"])

    def log_contains(self, run_id: str, text: str, times: int = 1) -> bool:
        return self.log(run_id).count(text) == times

    def at_epoch(self, run_id: str, epoch: int) -> Any:
        """Waits until the run has trained `epoch`, and returns the run."""
        return self.wait(
            lambda: self._run_if(run_id, lambda run: run["epoch"] >= epoch), 120, f"epoch {epoch}", EPOCH_POLL_SECONDS
        )

    def at_attempt(self, run_id: str, attempt: int) -> Any:
        return self.wait(lambda: self._run_if(run_id, lambda run: run["attempt"] >= attempt), 90, f"attempt {attempt}")

    def ended(self, run_id: str, seconds: float = 120) -> Any:
        """Waits until the run has ended, and returns it."""
        statuses = ("finished", "failed", "stopped")
        return self.wait(lambda: self._run_if(run_id, lambda run: run["status"] in statuses), seconds, "the run's end")

    def _run_if(self, run_id: str, condition: Callable[[Any], bool]) -> Any:
        run = self.run(run_id)
        assert condition(run) or run["status"] != "failed", run["error"]
        return run if condition(run) else None

    def events(self, run_id: str, after: int = 0) -> Generator[StreamEvent, None, None]:
        """Yields the events of the run's stream after number `after`, until the server closes it."""
        return self._stream(f"/api/runs/{run_id}/events", {"Last-Event-ID": str(after)})

    def board_events(self) -> Generator[StreamEvent, None, None]:
        return self._stream("/api/events", {})

    def _stream(self, path: str, headers: dict[str, str]) -> Generator[StreamEvent, None, None]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            if response.status == http.client.OK:
                yield from read_stream(response)
        finally:
            connection.close()

    def subscribe(self, run_id: str) -> "Subscriber":
        return Subscriber(self, run_id)

    def part(self, name: str) -> psutil.Process:
        """Returns a running child of `up`: api, valkey or worker."""
        return self.wait(lambda: next(self._processes(PARTS[name]), None), 20, f"the part {name}")

    def trainer(self) -> psutil.Process:
        """Returns the trainer of the current run, or the preforked one when there is no run."""
        return self.wait(lambda: self.trainers()[:1], 20, "a trainer")[0]

    def trainers(self) -> list[psutil.Process]:
        """Returns the living trainers, oldest first: of the current run, preforked, or both."""
        assert self._process is not None
        return trainers_below(psutil.Process(self._process.pid))

    def _processes(self, word: str) -> Iterator[psutil.Process]:
        assert self._process is not None
        return living_processes(psutil.Process(self._process.pid), word)

    def wait(
        self, condition: Callable[[], T | None], seconds: float, what: str, poll_seconds: float = POLL_SECONDS
    ) -> T:
        """Waits for a true result of `condition` and returns it; fails with the program's output after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if value := condition():
                return value
            time.sleep(poll_seconds)
        raise AssertionError(f"waited {seconds:g} s for {what}; the output was:\n{self._output.read_text()[-5000:]}")


class Subscriber:
    """Reads a run's stream in a thread and reconnects after the last event, as a browser's EventSource does."""

    def __init__(self, program: Program, run_id: str) -> None:
        self.events: list[StreamEvent] = []
        self._thread = threading.Thread(target=self._read, args=(program, run_id), daemon=True)
        self._thread.start()

    def numbers(self) -> list[int]:
        return [event.number for event in self.events if event.number is not None]

    def epochs(self) -> list[int]:
        return epochs_of(self.events)

    def join(self, seconds: float = 60) -> None:
        """Waits for the `end` event."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"the stream had not ended after {seconds:g} s"

    def _read(self, program: Program, run_id: str) -> None:
        while not self.events or self.events[-1].kind != "end":
            try:
                for event in program.events(run_id, after=max(self.numbers(), default=0)):
                    self.events.append(event)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)


def living_processes(parent: psutil.Process, word: str) -> Iterator[psutil.Process]:
    """Yields the processes below `parent` with the word in their command line."""
    for process in parent.children(recursive=True):
        try:
            if process.status() != psutil.STATUS_ZOMBIE and any(word in part for part in process.cmdline()):
                yield process
        except psutil.NoSuchProcess:
            continue


def trainers_below(parent: psutil.Process) -> list[psutil.Process]:
    """Returns the trainers below `parent`, as their command line tells them apart."""
    return list(living_processes(parent, "worker.trainer"))


def weights_of(program: Program, run_id: str, name: str, folder: Path) -> str:
    """Returns the SHA-256 of all weights of a run's model."""
    import keras

    arrays = keras.saving.load_model(program.download(run_id, name, folder)).get_weights()
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def slow_spec(epochs: int) -> dict[str, Any]:
    """A spec whose epochs take a tenth of a second on two cores, so that a test can act while it trains."""
    options = {"filters": [16, 16], "padding": "same", "dense_units": [32]}
    return {
        "dataset": {"name": "digits", "train_limit": 800},
        "model": {"preset": "strided_cnn", "options": options},
        "batch_size": 8,
        "epochs": epochs,
        "seed": 3,
    }


def tiny_spec() -> dict[str, Any]:
    """A spec of two quick epochs, for tests that only need a run to end."""
    return {**slow_spec(2), "dataset": {"name": "digits", "train_limit": 200}, "batch_size": 32}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
