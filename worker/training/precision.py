"""Decides `precision: "auto"` in a trainer, before its training begins, and keeps what was timed of each network."""

import hashlib
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from backend.datasets.store import Manifest
from backend.network import Network, describe
from backend.pipes import opened
from backend.planning.costs.precision import FULL, PrecisionChoice, by_step_seconds, is_close, without_timing
from backend.spec import RunSpec
from worker.code_version import code_version
from worker.processor import BFLOAT16, extension
from worker.training import machine

COMMAND = (sys.executable, "-m", "worker.training.inference.step_times")
TIMEOUT_SECONDS = 120.0
POLL_SECONDS = 0.2

MAX_TIMINGS = 3  # of a network whose gain is close to what is required: one more before each of its first runs

log = logging.getLogger(__name__)

StepSeconds = dict[str, float]
"""Seconds of a training step by precision."""


@dataclass(frozen=True)
class Timed:
    """The least seconds of a step in `timings` timings, which other work on the machine disturbs least."""

    seconds: StepSeconds
    timings: int = 0

    @property
    def decides(self) -> bool:
        return self.timings > 0 and (not is_close(self.seconds) or self.timings >= MAX_TIMINGS)

    def with_timing(self, seconds: StepSeconds) -> "Timed":
        least = {name: min(value, self.seconds.get(name, value)) for name, value in seconds.items()}
        return Timed(least, self.timings + 1)


def choose_precision(
    spec: RunSpec, manifest: Manifest, speeds: Path, tell_alive: Callable[[], None]
) -> PrecisionChoice:
    """Returns the precision for a run on this machine. What is timed is kept in the folder `speeds`.

    `tell_alive` is called while a process times the network, which takes some seconds: once a network and machine, or
    before its first MAX_TIMINGS runs where the gain is close to what is required.
    """
    network = describe(spec.model, manifest.image_shape, len(manifest.classes))
    on_gpu = machine.has_gpu()
    has_bfloat16 = on_gpu or extension() in BFLOAT16
    if (choice := without_timing(spec, network, has_bfloat16=has_bfloat16, on_gpu=on_gpu)) is not None:
        return choice
    device = machine.device()
    file = speeds / f"steps-{_key(spec, network, device)}.json"
    timed = _read(file)
    if not timed.decides and (seconds := _time_steps(spec, manifest, tell_alive)) is not None:
        timed = timed.with_timing(seconds)
        _write(file, timed)
    if not timed.timings:
        return PrecisionChoice(FULL, f"{FULL}: the steps of this network could not be timed on {device}")
    return by_step_seconds(timed.seconds, device)


def _time_steps(spec: RunSpec, manifest: Manifest, tell_alive: Callable[[], None]) -> StepSeconds | None:
    request = {
        "spec": spec.as_json(),
        "image_shape": list(manifest.image_shape),
        "classes": len(manifest.classes),
    }
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        with opened(process.stdin) as stdin:
            stdin.write(json.dumps(request))
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
    layers: Sequence[Any] = [(layer.class_name, layer.output_shape, layer.unnamed_config) for layer in network.layers]
    versions = [tf.__version__, keras.__version__, code_version()]
    parts = [device, os.cpu_count(), versions, network.image_shape, layers, spec.batch_size, spec.optimizer.name]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]


def _read(file: Path) -> Timed:
    try:
        return Timed(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return Timed({})


def _write(file: Path, timed: Timed) -> None:
    """Keeps what was timed. Where the disk is full, the next run times the network again."""
    temporary = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(asdict(timed)))
        temporary.rename(file)
    except OSError as error:
        log.warning("The step times of a network could not be kept (%s)", error)
