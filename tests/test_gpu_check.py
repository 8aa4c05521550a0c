"""`scripts/gpu-check` without a GPU: what it refuses and reports, and its slots with a fake `nvidia-smi`."""

import io
import json
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image

from backend.nvidia_smi import list_gpus
from benchmarks.gpu import __main__ as program
from benchmarks.gpu import checks, images
from benchmarks.gpu.machine import Machine
from benchmarks.measuring.board import Board
from benchmarks.measuring.figure import Figure

ROOT = Path(__file__).parents[1]
TWO_GPUS = '#!/bin/sh\necho "0, GPU-aa, NVIDIA T4, 100, 16000"\necho "1, GPU-bb, NVIDIA T4, 300, 16000"\n'


def test_without_a_gpu_nothing_is_installed_and_the_status_says_so() -> None:
    done = subprocess.run(
        ROOT / "scripts/gpu-check", env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=20
    )

    assert done.returncode == 2
    assert done.stdout == "failed: nvidia-smi lists no NVIDIA GPU on this machine, so nothing was measured.\n"


def test_its_installation_needs_no_npm_registry() -> None:
    command = ("make", "--dry-run", "--always-make", "setup-python")
    steps = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=20).stdout

    assert "make setup-python" in (ROOT / "scripts/gpu-check").read_text()
    assert "scripts.install_locked" in steps
    assert "scripts/page-step" not in steps


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with two GPUs, and a stand-in for the board whose trainer sees the second one."""
    (tmp_path / "nvidia-smi").write_text(TWO_GPUS)
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    slots = [{"name": f"gpu-{index}", "kind": "gpu", "device": "NVIDIA T4", "error": None} for index in (0, 1)]
    trainer = SimpleNamespace(environ=lambda: {"CUDA_VISIBLE_DEVICES": "GPU-bb"})
    board = SimpleNamespace(get=lambda _path: {"items": [{"slots": slots}]}, trainers=lambda: [trainer])
    return Machine(cast(Board, board), {}, list_gpus())


def test_each_gpu_that_nvidia_smi_lists_is_a_slot(machine: Machine) -> None:
    (figure,) = checks.each_gpu_is_a_slot(machine)

    assert (figure.name, figure.value) == ("slots", 2)
    assert machine.memory() == [(100 * 2**20, 16_000 * 2**20), (300 * 2**20, 16_000 * 2**20)]


def test_a_gpu_without_a_slot_fails_the_check(machine: Machine) -> None:
    machine.slots()[1]["error"] = "The driver hangs."

    (sentence,) = program.outcome(checks.each_gpu_is_a_slot, machine)

    assert sentence == "each_gpu_is_a_slot: the slots are ['gpu-0'], not ['gpu-0', 'gpu-1']"


@pytest.mark.parametrize(
    ("results", "status", "last"),
    [
        ([Figure("slots", 2, "slots"), Figure("ratio", 0.4, "ratio", 0.5)], 0, "passed: 2 figures in 0 s"),
        ([Figure("ratio", 0.6, "ratio", 0.5)], 1, "failed: ratio is 0.6 ratio, above 0.5 (1 figures in 0 s)"),
        (["slots: there\nis none"], 1, "failed: slots: there is none (0 figures in 0 s)"),
    ],
)
def test_the_last_line_says_whether_all_checks_passed(
    results: list[Figure | str], status: int, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.report(iter(results)) == status

    *lines, verdict = capsys.readouterr().out.splitlines()
    assert verdict == last
    assert all(json.loads(line)["name"] for line in lines)


def test_checks_end_when_the_time_is_up(machine: Machine) -> None:
    def endless(_machine: Machine) -> Iterator[Figure]:
        program.end()
        yield from ()

    with pytest.raises(program.TimeIsUp):
        list(program.outcome(endless, machine))


def test_an_installation_that_took_all_the_time_leaves_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    alarms: list[int] = []
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # pytest's own time limit uses it
    monkeypatch.setattr(signal, "alarm", alarms.append)

    program.end_after(-20)

    assert alarms == [1]


def test_synthetic_images_have_the_shape_of_cifar_and_can_be_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "IMAGES", {"train": 6, "test": 2})

    archive = zipfile.ZipFile(io.BytesIO(images.synthetic_zip()))

    assert len(archive.namelist()) == images.CLASSES * 8
    pixels = {name: pixels_of(archive, name) for name in archive.namelist()}
    assert {array.shape for array in pixels.values()} == {(32, 32, 3)}
    image, like, unlike = (pixels[f"train/class-{name}.png"] for name in ("0/0", "0/1", "1/0"))
    assert np.abs(image - like).mean() < np.abs(image - unlike).mean()


def pixels_of(archive: zipfile.ZipFile, name: str) -> Any:
    return np.asarray(Image.open(io.BytesIO(archive.read(name)))).astype(float)


@pytest.mark.thorough
@pytest.mark.slow
def test_all_checks_pass_on_the_processor() -> None:
    command = (sys.executable, "-m", "benchmarks.gpu", "--cpu", "--smoke")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("passed: ")
