"""Device timing: once for each kind of device, while the worker is idle."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from backend.planning.costs.probes import BACKBONE_NAME, PROBES, BackboneTimes, Times
from worker.supervision import device_timing
from worker.supervision.devices import Device

CPU = Device("cpu-0", "A processor / with a strange name")


def test_it_waits_until_the_worker_was_idle_for_a_while() -> None:
    busy_until = time.monotonic() + 0.5

    waited = device_timing.wait_until_idle(lambda: time.monotonic() > busy_until, 0.4, threading.Event())

    assert waited
    assert time.monotonic() >= busy_until + 0.3


def test_a_stopping_worker_does_not_wait() -> None:
    stopping = threading.Event()
    stopping.set()

    assert not device_timing.wait_until_idle(lambda: True, 60, stopping)


def test_a_device_that_was_never_timed_has_no_speeds(tmp_path: Path) -> None:
    assert device_timing.stored_speeds(tmp_path, CPU) is None


def test_speeds_are_stored_for_the_kind_of_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = Times(start=0.5, epoch=1.0, save=0.1, best=0.1)
    backbone = BackboneTimes(build=0.4, first=0.3, later=0.1, save=0.2)
    probes = {**dict.fromkeys(PROBES, times.model_dump()), BACKBONE_NAME: backbone.model_dump()}

    def output_of(arguments: Sequence[str], *_: object) -> dict[str, Any]:
        if arguments[0] == device_timing.SPEED:
            return {"multiplications_per_second": {"float32": 1e10, "mixed_bfloat16": 2e10}}
        return {"seconds": 1.0, "times": {name: probes[name] for name in arguments[3:]}}

    monkeypatch.setattr(device_timing, "_output_of", output_of)

    speeds = device_timing.time_device(tmp_path, CPU, should_stop=lambda: False)

    assert speeds is not None
    assert set(speeds.multiplications_per_second) == set(speeds.training_costs) == {"float32", "mixed_bfloat16"}
    assert device_timing.stored_speeds(tmp_path, CPU) == speeds
    assert device_timing.stored_speeds(tmp_path, Device("cpu-1", CPU.title)) == speeds
    assert device_timing.stored_speeds(tmp_path, Device("gpu-0", "A GPU")) is None
    monkeypatch.setattr(device_timing, "code_version", lambda: "another")
    assert device_timing.stored_speeds(tmp_path, CPU) is None, "an edited training is measured again"


@pytest.mark.slow
def test_timing_stops_at_once_when_a_run_is_claimed(tmp_path: Path) -> None:
    started_at = time.monotonic()

    assert device_timing.time_device(tmp_path, CPU, should_stop=lambda: True) is None
    assert time.monotonic() - started_at < 5
    assert device_timing.stored_speeds(tmp_path, CPU) is None
