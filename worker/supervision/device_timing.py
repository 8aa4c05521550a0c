"""Measures once how fast a device trains in each precision, while its worker is idle, and stores the result."""

import hashlib
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from worker.supervision.devices import Device
from worker.supervision.spawner import spawner

COMMAND = (sys.executable, "-m", "worker.training.inference.speed")
TIMEOUT_SECONDS = 120.0
POLL_SECONDS = 0.2

Idle = Callable[[], bool]
Speeds = dict[str, float]
"""Multiplications per second of a training step, by precision."""


def stored_speeds(data_dir: Path, device: Device) -> Speeds | None:
    """Returns the speeds measured earlier on this kind of device with this version of Keras, or None."""
    try:
        speeds: Speeds = json.loads(_file(data_dir, device).read_text())
    except (OSError, ValueError):
        return None
    return speeds


def time_device(data_dir: Path, device: Device, should_stop: Callable[[], bool]) -> Speeds | None:
    """Measures the device now and stores the result. Returns None if that fails or `should_stop()` turns true."""
    process = spawner.submit(_start, device).result()
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while process.poll() is None:
        if should_stop() or time.monotonic() > deadline:
            process.kill()
        time.sleep(POLL_SECONDS)
    output, _ = process.communicate()
    if process.returncode != 0:
        return None
    speeds: Speeds = json.loads(output.splitlines()[-1])["multiplications_per_second"]
    file = _file(data_dir, device)
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".writing")
    temporary.write_text(json.dumps(speeds))
    temporary.rename(file)
    return speeds


def wait_until_idle(is_idle: Idle, seconds: float, stopping: threading.Event, max_seconds: float = math.inf) -> bool:
    """Waits until `is_idle()` was true for `seconds`, or for `max_seconds` in all. False if `stopping` is set."""
    idle_since = started_at = time.monotonic()
    while not stopping.wait(POLL_SECONDS):
        if not is_idle():
            idle_since = time.monotonic()
        now = time.monotonic()
        if now - idle_since >= seconds or now - started_at >= max_seconds:
            return True
    return False


def _start(device: Device) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=device.environment(),
    )  # fmt: skip


def _file(data_dir: Path, device: Device) -> Path:
    """Returns the file for this device title, number of cores and version of Keras; the name is a hash."""
    kind = hashlib.sha256(f"{device.title} {os.cpu_count()} {version('keras')}".encode()).hexdigest()[:16]
    return data_dir / "speeds" / f"{kind}.json"
