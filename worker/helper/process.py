"""The helper as its worker has it: started when there is time, or at the first question, and again when it is lost."""

import json
import logging
import os
import selectors
import subprocess
import sys
import threading
import time
from typing import Any

from worker.supervision.spawner import spawner

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "worker.helper")
LOST = {"failure": "The worker's helper ended over this question; ask again."}
SLOW = {"failure": "The worker's helper took too long over this question; ask again, or a smaller one."}


class HelperProcess:
    """One question at a time. Raises nothing: what went wrong is an answer too."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            process = self._alive()
            try:
                answer = self._talk(process, question)
            except (OSError, ValueError) as error:
                log.warning("the helper was lost: %s", error)
                answer = LOST
            if answer in (LOST, SLOW):
                self._end()
            return answer

    def warm(self) -> None:
        """Start it where it isn't there; it loads Keras by itself."""
        with self._lock:
            self._alive()

    def is_there(self) -> bool:
        process = self._process
        return process is not None and process.poll() is None

    def end(self) -> None:
        with self._lock:
            self._end()

    def _talk(self, process: "subprocess.Popen[bytes]", question: dict[str, Any]) -> dict[str, Any]:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(json.dumps(question).encode() + b"\n")
        process.stdin.flush()
        line = _line(process.stdout.fileno(), time.monotonic() + self._seconds)
        if line is None:
            return SLOW
        answer: dict[str, Any] = json.loads(line) if line else LOST
        return answer

    def _alive(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self._process = spawner.submit(_start).result()
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _line(descriptor: int, deadline: float) -> bytes | None:
    """The next line without its end; empty at the end of the file, None when there is none by `deadline`."""
    line = b""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            part = os.read(descriptor, 1 << 16)
            line += part
            if not part or line.endswith(b"\n"):
                return line.strip() if part else b""
    return None


def _start() -> "subprocess.Popen[bytes]":
    """On the CPU, and at a lower priority than a training beside it."""
    quiet = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    return subprocess.Popen(("nice", *COMMAND), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=quiet)
