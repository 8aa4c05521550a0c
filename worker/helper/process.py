"""The helper process as its worker sees it: started on demand or ahead of time, and replaced after a failure."""

import json
import logging
import os
import selectors
import subprocess
import sys
import threading
import time
from typing import Any

from backend.pipes import opened
from worker.supervision.spawner import spawner

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "worker.helper")
PROCESS_ENDED = {
    "unavailable": "The worker's helper process ended during this request; try again. If that repeats, "
    "the output of the jobs worker says why."
}
TIMED_OUT = {"unavailable": "The worker's helper took too long for this request; try again, or with a smaller image."}


class HelperProcess:
    """Handles one request at a time. `call` raises nothing: an error is a response, too."""

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Returns the helper's response; kills the process if it ended, sent no JSON, or timed out."""
        with self._lock:
            process = self._ensure_running()
            try:
                response = self._exchange(process, request)
            except (OSError, ValueError) as error:
                log.warning("the helper process failed: %s", error)
                response = PROCESS_ENDED
            if response in (PROCESS_ENDED, TIMED_OUT):
                self._kill()
            return response

    def start(self) -> None:
        """Starts the process if it is not running; it loads Keras before it reads a request."""
        with self._lock:
            self._ensure_running()

    def is_running(self) -> bool:
        process = self._process
        return process is not None and process.poll() is None

    def close(self) -> None:
        with self._lock:
            self._kill()

    def _exchange(self, process: "subprocess.Popen[bytes]", request: dict[str, Any]) -> dict[str, Any]:
        stdin = opened(process.stdin)
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.flush()
        line = _read_line(opened(process.stdout).fileno(), time.monotonic() + self._timeout_seconds)
        if line is None:
            return TIMED_OUT
        response: dict[str, Any] = json.loads(line) if line else PROCESS_ENDED
        return response

    def _ensure_running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self._process = spawner.submit(_spawn).result()
        return self._process

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _read_line(descriptor: int, deadline: float) -> bytes | None:
    """Returns the next line without its end, an empty one at the end of the file, None if `deadline` passes."""
    line = b""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            chunk = os.read(descriptor, 1 << 16)
            line += chunk
            if not chunk or line.endswith(b"\n"):
                return line.strip() if chunk else b""
    return None


def _spawn() -> "subprocess.Popen[bytes]":
    """Starts the process on the CPU, at a lower priority than trainers."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    return subprocess.Popen(("nice", *COMMAND), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
