"""How fast a device trains, by precision: timed once, when its worker has nothing to do, and remembered on disk."""

import hashlib
import json
import logging
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

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "worker.training.speed")
LONGEST_SECONDS = 120.0
POLL_SECONDS = 0.2

Idle = Callable[[], bool]
Speeds = dict[str, float]
"""Multiplications a second of a training step, by precision."""


def remembered(data_dir: Path, device: Device) -> Speeds | None:
    """What an earlier timing of such a device with this Keras found."""
    try:
        speeds: Speeds = json.loads(_file(data_dir, device).read_text())
    except (OSError, ValueError):
        return None
    return speeds


def time_device(data_dir: Path, device: Device, leave: Callable[[], bool]) -> Speeds | None:
    """Time the device now; None when it can't be timed, or `leave` asked to end before."""
    process = spawner.submit(_start, device).result()
    until = time.monotonic() + LONGEST_SECONDS
    while process.poll() is None:
        if leave() or time.monotonic() > until:
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


def when_idle(idle: Idle, seconds: float, leaving: threading.Event, at_most: float = math.inf) -> bool:
    """Wait until `idle` held for so many seconds, or `at_most` so long; False when `leaving` came first."""
    since = began = time.monotonic()
    while not leaving.wait(POLL_SECONDS):
        if not idle():
            since = time.monotonic()
        now = time.monotonic()
        if now - since >= seconds or now - began >= at_most:
            return True
    return False


def _start(device: Device) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=device.environment(),
    )  # fmt: skip


def _file(data_dir: Path, device: Device) -> Path:
    """One file for each kind of device, processors and Keras, whatever strange name a device has."""
    kind = hashlib.sha256(f"{device.title} {os.cpu_count()} {version('keras')}".encode()).hexdigest()[:16]
    return data_dir / "speeds" / f"{kind}.json"
