"""A board over HTTP, with nothing but Python: launching, watching, downloading."""

import hashlib
import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

from tests.support.service.streams import StreamEvent, read_stream

T = TypeVar("T")
ENDS = ("finished", "stopped", "failed")
POLL_SECONDS = 0.2


class Board:
    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str) -> Any:
        return json.loads(self.read(path))

    def read(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as response:
            body: bytes = response.read()
            return body

    def post(self, path: str, body: Any) -> Any:
        with self._send("POST", path, json.dumps(body).encode(), "application/json") as response:
            return json.load(response)

    def refusal(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Returns the status and the problem document of a request that is refused."""
        try:
            with self._send(method, path, json.dumps(body).encode(), "application/json") as response:
                raise AssertionError(f"{method} {path} was answered with {response.status}")
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def upload(self, name: str, content: bytes) -> None:
        """Sends a zip that becomes a dataset."""
        with self._send("POST", f"/api/datasets?name={name}", content, "application/zip"):
            pass

    def _send(self, method: str, path: str, body: bytes, kind: str) -> Any:
        url = f"http://127.0.0.1:{self.port}{path}"
        data = None if method == "GET" else body
        return urllib.request.urlopen(
            urllib.request.Request(url, data, {"Content-Type": kind}, method=method), timeout=30
        )

    def launch(self, epochs: int) -> str:
        """The id of a run that takes some seconds, even where there are many processors."""
        options = {"filters": [16, 16], "padding": "same", "dense_units": [32]}
        spec = {
            "dataset": {"name": "digits", "train_limit": 800},
            "model": {"preset": "strided_cnn", "options": options},
            "batch_size": 8,
            "epochs": epochs,
            "seed": 3,
        }
        return str(self.post("/api/runs", {"spec": spec, "name": f"{epochs} epochs in containers"})["id"])

    def run(self, run_id: str) -> Any:
        return self.get(f"/api/runs/{run_id}")

    def log(self, run_id: str) -> str:
        return "\n".join(line["text"] for line in self.get(f"/api/runs/{run_id}/log")["items"])

    def workers(self) -> int:
        """How many train workers are alive; 0 while something of the board is missing."""
        try:
            readiness = self.readiness()
        except (OSError, http.client.HTTPException):
            return 0
        return 0 if readiness["missing"] else int(readiness["workers"])

    def readiness(self) -> Any:
        """What /readyz says, whether the board is ready or not."""
        try:
            return self.get("/readyz")
        except urllib.error.HTTPError as error:
            return json.load(error)

    def until(self, run_id: str, reached: Callable[[Any], bool], seconds: float, what: str) -> Any:
        """Returns the run once `reached` is true for it."""

        def poll() -> Any:
            run = self.run(run_id)
            assert reached(run) or run["status"] not in ENDS, f"{run['status']} before {what}: {run['error']}"
            return run if reached(run) else None

        return wait(poll, seconds, what)

    def artifacts(self, run_id: str) -> dict[str, Any]:
        return {item["name"]: item for item in self.get(f"/api/runs/{run_id}/artifacts")["items"]}

    def download(self, run_id: str, name: str) -> bytes:
        """A file whose size and sha256 are those that the board lists."""
        listed, body = self.artifacts(run_id)[name], self.read(f"/api/runs/{run_id}/artifacts/{name}")
        assert (len(body), hashlib.sha256(body).hexdigest()) == (listed["bytes"], listed["sha256"]), name
        return body


class Subscriber:
    """A browser's EventSource: follows a run in the background, and comes back where it was when it is cut."""

    def __init__(self, board: Board, run_id: str) -> None:
        self.events: list[StreamEvent] = []
        self._thread = threading.Thread(target=self._follow, args=(board.port, run_id), daemon=True)
        self._thread.start()

    def numbers(self) -> list[int]:
        return [event.number for event in self.events if event.number is not None]

    def epochs(self) -> list[int]:
        return [event.data["epoch"] for event in self.events if event.kind == "epoch"]

    def join(self, seconds: float) -> None:
        """Wait for the `end` event."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"the stream had not ended {seconds:g} s after its run"

    def _follow(self, port: int, run_id: str) -> None:
        while not self.events or self.events[-1].kind != "end":
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            headers = {"Last-Event-ID": str(max(self.numbers(), default=0))}
            try:
                connection.request("GET", f"/api/runs/{run_id}/events", headers=headers)
                for event in read_stream(connection.getresponse()):
                    self.events.append(event)
            except (OSError, http.client.HTTPException):
                time.sleep(0.5)
            finally:
                connection.close()


def wait(condition: Callable[[], T | None], seconds: float, what: str) -> T:
    """Returns the value of `condition` once it is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if value := condition():
                return value
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError):
            pass  # a killed service isn't back yet
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"waited {seconds:g} s for {what}")
