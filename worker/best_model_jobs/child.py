"""The child process of a job: it gets the request as a line, and prints lines of JSON, the result last."""

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

TOUCH_SECONDS = 2.0  # well below `best_model_jobs.STALLED_SECONDS`
TIMEOUT_SECONDS = 1_200.0
# A thread of OpenMP that waits by counting takes twice the processor time on a machine that also trains.
ENVIRONMENT = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2", "OMP_WAIT_POLICY": "PASSIVE"}

Message = dict[str, Any]


def run_child(command: tuple[str, ...], request: str, folder: Path, on_touch: Callable[[float], object]) -> Message:
    """Runs a child on the CPU at low priority, and returns its result or `{"error": …}`.

    `on_touch` is called every TOUCH_SECONDS with the `progress` of the last message that had one; what it raises ends
    the child. Its temporary files are in `folder`, so that they are removed with it.
    """
    environment = {**os.environ, **ENVIRONMENT, "TMPDIR": str(folder)}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(("nice", *command), env=environment, **pipes) as child:
        try:
            return _result(child, request, on_touch)
        finally:
            child.kill()


def _result(child: "subprocess.Popen[str]", request: str, on_touch: Callable[[float], object]) -> Message:
    """A message with `progress` is none of the result, so that a child that is killed leaves none."""
    lines = _exchange(child, request)
    deadline, touch_at = time.monotonic() + TIMEOUT_SECONDS, 0.0
    progress, result = 0.0, None
    while (now := time.monotonic()) < deadline:
        if now >= touch_at:
            on_touch(progress)
            touch_at = now + TOUCH_SECONDS
        try:
            line = lines.get(timeout=max(0.0, touch_at - now))
        except queue.Empty:
            continue
        if line is None:
            return result or {"error": f"Its process ended with exit code {child.wait()}."}
        message = _message(line)
        progress = message.get("progress", progress)
        result = message if message.keys() - {"progress"} else result
    return {"error": f"It was not ready after {TIMEOUT_SECONDS / 60:.0f} minutes."}


def _message(line: str) -> Message:
    """Returns an empty message for what a library prints."""
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _exchange(child: "subprocess.Popen[str]", request: str) -> "queue.SimpleQueue[str | None]":
    """Sends the request, and returns a queue of the lines that the child prints, with None at their end."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def exchange(stdin: IO[str], stdout: IO[str]) -> None:
        try:
            stdin.write(request + "\n")
            stdin.close()
        except OSError:
            pass  # the child has ended; its output says why
        for line in stdout:
            if line.strip():
                lines.put(line)
        lines.put(None)

    threading.Thread(target=exchange, args=(child.stdin, child.stdout), daemon=True, name="child").start()
    return lines
