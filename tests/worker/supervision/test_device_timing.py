"""A worker times its devices once, when it has nothing else to do."""

import threading
import time
from pathlib import Path

import pytest

from worker.supervision import device_timing
from worker.supervision.devices import Device

CPU = Device("cpu-0", "A processor / with a strange name")


def test_it_waits_until_no_run_was_trained_for_a_while() -> None:
    busy_until = time.monotonic() + 0.5

    waited = device_timing.when_idle(lambda: time.monotonic() > busy_until, 0.4, threading.Event())

    assert waited
    assert time.monotonic() >= busy_until + 0.3


def test_a_worker_that_leaves_waits_no_longer() -> None:
    leaving = threading.Event()
    leaving.set()

    assert not device_timing.when_idle(lambda: True, 60, leaving)


def test_nothing_is_remembered_of_a_device_that_was_never_timed(tmp_path: Path) -> None:
    assert device_timing.remembered(tmp_path, CPU) is None


@pytest.mark.slow
def test_what_was_timed_is_remembered_for_such_a_device(tmp_path: Path) -> None:
    speeds = device_timing.time_device(tmp_path, CPU, leave=lambda: False)

    assert speeds is not None
    assert set(speeds) == {"float32", "mixed_bfloat16", "mixed_float16"}
    assert min(speeds.values()) > 0
    assert device_timing.remembered(tmp_path, CPU) == speeds
    assert device_timing.remembered(tmp_path, Device("cpu-1", CPU.title)) == speeds
    assert device_timing.remembered(tmp_path, Device("gpu-0", "A GPU")) is None


@pytest.mark.slow
def test_a_run_that_comes_ends_the_timing_at_once(tmp_path: Path) -> None:
    began = time.monotonic()

    assert device_timing.time_device(tmp_path, CPU, leave=lambda: True) is None
    assert time.monotonic() - began < 5
    assert device_timing.remembered(tmp_path, CPU) is None
