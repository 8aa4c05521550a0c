"""Decides `precision: "auto"` in a trainer, before its training begins, and keeps what was timed of each network."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from backend.datasets.store import Manifest
from backend.network import Network, describe
from backend.planning.costs.precision import FULL, PrecisionChoice, by_step_seconds, without_timing
from backend.spec import RunSpec
from worker.processor import BFLOAT16, extension
from worker.training import machine

COMMAND = (sys.executable, "-m", "worker.training.inference.step_times")
TIMEOUT_SECONDS = 120.0
POLL_SECONDS = 0.2

StepSeconds = dict[str, float]
"""Seconds of a training step by precision."""


def choose_precision(
    spec: RunSpec, manifest: Manifest, speeds: Path, tell_alive: Callable[[], None]
) -> PrecisionChoice:
    """Returns the precision for a run on this machine. What is timed is kept in the folder `speeds`.

    `tell_alive` is called while a process times the network, which takes some seconds once a network and machine.
    """
    network = describe(spec.model, manifest.image_shape, len(manifest.classes))
    has_bfloat16 = machine.has_gpu() or extension() in BFLOAT16
    if (choice := without_timing(spec, network, has_bfloat16=has_bfloat16)) is not None:
        return choice
    device = machine.device()
    file = speeds / f"steps-{_key(spec, network, device)}.json"
    if (seconds := _read(file)) is None:
        seconds = _time_steps(spec, manifest, tell_alive)
        if seconds is None:
            return PrecisionChoice(FULL, f"{FULL}: the steps of this network could not be timed on {device}")
        _write(file, seconds)
    return by_step_seconds(seconds, device)


def _time_steps(spec: RunSpec, manifest: Manifest, tell_alive: Callable[[], None]) -> StepSeconds | None:
    request = {
        "spec": spec.as_json(),
        "image_shape": list(manifest.image_shape),
        "classes": len(manifest.classes),
    }
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        process.stdin.write(json.dumps(request))
        process.stdin.close()
        process.stdin = None
        _wait(process, tell_alive)
        output, _ = process.communicate()
    return json.loads(output.splitlines()[-1]) if process.returncode == 0 else None


def _wait(process: "subprocess.Popen[str]", tell_alive: Callable[[], None]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while process.poll() is None:
        if time.monotonic() > deadline:
            process.kill()
        tell_alive()
        time.sleep(POLL_SECONDS)


def _key(spec: RunSpec, network: Network, device: str) -> str:
    """Returns a hash of what the time of a step depends on: the machine, the layers, the batch and the optimizer."""
    layers: Sequence[Any] = [(layer.class_name, layer.output_shape, layer.config) for layer in network.layers]
    versions = [tf.__version__, keras.__version__]
    parts = [device, os.cpu_count(), versions, network.image_shape, layers, spec.batch_size, spec.optimizer.name]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]


def _read(file: Path) -> StepSeconds | None:
    try:
        seconds: StepSeconds = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return seconds


def _write(file: Path, seconds: StepSeconds) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(seconds))
    temporary.rename(file)
