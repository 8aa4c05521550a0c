"""The devices of a machine, as `nvidia-smi` lists them; a driver that fails or hangs is logged and delays nothing."""

import os
import threading
from pathlib import Path

import pytest

from backend import nvidia_smi
from worker.supervision.devices import devices, slot
from worker.supervision.gpu_monitor import GpuMonitor

TWO_GPUS = '#!/bin/sh\necho "0, GPU-aa, NVIDIA T4, 100, 16000"\necho "1, GPU-bb, NVIDIA GB10, [N/A], [N/A]"\n'
HANGS = "#!/bin/sh\nexec sleep 60\n"
FAILS = "#!/bin/sh\necho NVIDIA-SMI could not communicate with the driver.\nexit 9\n"


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "nvidia-smi"
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_each_gpu_is_a_slot_that_sees_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, TWO_GPUS)

    first, second = devices(0)
    monitor = GpuMonitor(60, threading.Event())
    monitor.read()

    assert (first.name, second.name) == ("gpu-0", "gpu-1")
    assert second.environment()["CUDA_VISIBLE_DEVICES"] == "GPU-bb"
    first_slot, second_slot = (slot(device, monitor.gpu(device.uuid)) for device in (first, second))
    assert (first_slot.memory_used, first_slot.memory_total) == (100 * 2**20, 16000 * 2**20)
    assert (second_slot.memory_total, second_slot.load) == (None, None)


@pytest.mark.parametrize("script", ["#!/bin/sh\necho No devices were found\nexit 6\n", FAILS, HANGS])
def test_without_a_gpu_the_cpu_is_the_slot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    install(tmp_path, monkeypatch, script)
    monkeypatch.setattr(nvidia_smi, "TIMEOUT_SECONDS", 0.2)

    (only,) = devices(3)

    assert only.name == "cpu-3"
    assert only.environment()["CUDA_VISIBLE_DEVICES"] == "-1"
    assert (slot(only).memory_total or 0) > 0
    monkeypatch.setattr(os, "getloadavg", lambda: (14.0, 7.0, 3.0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert slot(only).load == 7.0


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (FAILS, "nvidia-smi failed: NVIDIA-SMI could not communicate with the driver."),
        (HANGS, "nvidia-smi did not answer within 0.2 s: the driver hangs."),
    ],
)
def test_a_driver_that_fails_is_reported_and_the_slot_trains_on_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, error: str
) -> None:
    install(tmp_path, monkeypatch, script)
    monkeypatch.setattr(nvidia_smi, "TIMEOUT_SECONDS", 0.2)

    assert devices(0)[0].error == f"This slot trains on the processor. {error}"


def test_gpus_that_are_hidden_are_no_slots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, TWO_GPUS)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")

    assert [device.name for device in devices(0)] == ["cpu-0"]


def test_a_gpu_that_is_not_listed_any_more_has_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, TWO_GPUS)
    monitor = GpuMonitor(60, threading.Event())
    monitor.read()
    monitor.read()

    assert monitor.error("GPU-aa") is None
    assert monitor.error("GPU-cc") == "nvidia-smi does not list this GPU any more."
