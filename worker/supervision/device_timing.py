"""Measures once how fast a device trains in each precision, while its worker is idle, and stores the result."""

import hashlib
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from backend.planning.costs.precision import FULL
from backend.planning.costs.probes import ALL_THREADS, BACKBONE_NAME, FEW_THREADS, BackboneTimes, MeasuredCosts, Times
from backend.workers import DeviceSpeeds
from worker.code_version import code_version
from worker.supervision.devices import Device
from worker.supervision.spawner import spawner

SPEED = "worker.training.inference.speed"
PROBES_OF_TRAINING = "worker.training.inference.probes"
TIMEOUT_SECONDS = 300.0  # of each process: one for speeds, one for few threads, and one for each precision
POLL_SECONDS = 0.2
TIMED_GAIN = 1.1  # of a precision over float32; the costs of others are not worth the time

Idle = Callable[[], bool]


class Interrupted(Exception):
    """The device is needed, or a measurement failed or takes too long."""


def stored_speeds(data_dir: Path, device: Device) -> DeviceSpeeds | None:
    """Returns the speeds measured earlier on this kind of device with the same versions, or None."""
    try:
        return DeviceSpeeds.model_validate_json(_file(data_dir, device).read_text())
    except (OSError, ValueError):
        return None


def time_device(data_dir: Path, device: Device, should_stop: Callable[[], bool]) -> DeviceSpeeds | None:
    """Measures the device now and stores the result. Returns None if that fails or `should_stop()` turns true."""
    file = _file(data_dir, device)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        speeds = _measure(device, file.parent, should_stop)
    except Interrupted:
        return None
    temporary = file.with_suffix(".writing")
    temporary.write_text(speeds.model_dump_json())
    temporary.rename(file)
    return speeds


def _measure(device: Device, folder: Path, should_stop: Callable[[], bool]) -> DeviceSpeeds:
    """Networks that are trained with few threads have a process of their own, which sets the number of threads."""

    def run(precision: str, names: Iterable[str]) -> Any:
        return _output_of([PROBES_OF_TRAINING, str(folder), precision, *names], device, should_stop)

    speeds: dict[str, float] = _output_of([SPEED], device, should_stop)["multiplications_per_second"]
    started = time.monotonic()
    few = run(FULL, FEW_THREADS)
    process = max(0.0, time.monotonic() - started - few["seconds"])
    costs = {}
    for precision in (name for name, speed in speeds.items() if name == FULL or speed >= TIMED_GAIN * speeds[FULL]):
        times = run(precision, [*ALL_THREADS, BACKBONE_NAME])["times"]
        backbone = BackboneTimes.model_validate(times.pop(BACKBONE_NAME))
        costs[precision] = MeasuredCosts(_times(few["times"] | times), backbone, process).costs()
    return DeviceSpeeds(multiplications_per_second=speeds, training_costs=costs)


def _times(output: dict[str, Any]) -> dict[str, Times]:
    return {name: Times.model_validate(value) for name, value in output.items()}


def _output_of(arguments: Sequence[str], device: Device, should_stop: Callable[[], bool]) -> Any:
    """Runs a module and returns the JSON of its last line."""
    process = spawner.submit(_start, arguments, device).result()
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while process.poll() is None:
        if should_stop() or time.monotonic() > deadline:
            process.kill()
        time.sleep(POLL_SECONDS)
    output, _ = process.communicate()
    if process.returncode != 0:
        raise Interrupted
    return json.loads(output.splitlines()[-1])


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


def _start(arguments: Sequence[str], device: Device) -> "subprocess.Popen[str]":
    command = (sys.executable, "-m", *arguments)
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=device.environment(),
    )  # fmt: skip


def _file(data_dir: Path, device: Device) -> Path:
    """Returns the file for this device, number of cores, version of Keras and our own code; the name is a hash."""
    parts = f"{device.title} {os.cpu_count()} {version('keras')} {code_version()}"
    return data_dir / "speeds" / f"{hashlib.sha256(parts.encode()).hexdigest()[:16]}.json"
