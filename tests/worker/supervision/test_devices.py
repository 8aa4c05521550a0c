"""The devices of a machine, as `nvidia-smi` lists them."""

from pathlib import Path

import pytest

from worker.supervision.devices import devices, slot

TWO_GPUS = '#!/bin/sh\necho "0, GPU-aa, NVIDIA T4, 100, 16000"\necho "1, GPU-bb, NVIDIA GB10, [N/A], [N/A]"\n'


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "nvidia-smi"
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_each_gpu_is_a_slot_that_sees_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, TWO_GPUS)

    first, second = devices(0)

    assert (first.name, second.name) == ("gpu-0", "gpu-1")
    assert second.environment()["CUDA_VISIBLE_DEVICES"] == "GPU-bb"
    assert (slot(first).memory_used, slot(first).memory_total) == (100 * 2**20, 16000 * 2**20)
    assert slot(second).memory_total is None


@pytest.mark.parametrize("script", ["#!/bin/sh\necho No devices were found\n", "#!/bin/sh\nexit 9\n"])
def test_without_a_gpu_the_cpu_is_the_slot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    install(tmp_path, monkeypatch, script)

    (only,) = devices(3)

    assert only.name == "cpu-3"
    assert only.environment()["CUDA_VISIBLE_DEVICES"] == "-1"
    assert (slot(only).memory_total or 0) > 0
