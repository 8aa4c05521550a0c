"""The disk is full while a run saves."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.service.program import Program, slow_spec, weights_of

# tests/worker/training/test_fit.py has the errors that a full disk gives.
pytestmark = [pytest.mark.slow, pytest.mark.thorough]

DISK_BYTES = 8 * 1024**2


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with Program(tmp_path_factory.mktemp("program")).running() as running:
        yield running


@pytest.fixture
def small_disk(program: Program) -> Iterator[Path]:
    """Mounts a disk of a few megabytes over the folder of runs."""
    runs = program.data_dir / "runs"
    runs.mkdir(exist_ok=True)
    mounted = subprocess.run(
        ("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(runs)), capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip(
            "only root may mount a disk; tests/worker/training/test_fit.py has the errors that a full disk gives"
        )
    yield runs
    subprocess.run(("umount", "--lazy", str(runs)), check=True)


def test_a_run_waits_for_disk_space_keeps_the_old_best_and_equals_an_undisturbed_run(
    program: Program, small_disk: Path, tmp_path: Path
) -> None:
    undisturbed = program.launch(spec=slow_spec(12))
    program.ended(undisturbed)
    run_id = program.launch(spec=slow_spec(12))
    program.at_epoch(run_id, 2)

    fill(small_disk / "ballast")
    program.wait(lambda: "The disk is full" in program.log(run_id) or None, 60, "the log line about the full disk")
    best = weights_of(program, run_id, "best.keras", tmp_path)
    (small_disk / "ballast").unlink()
    run = program.ended(run_id)

    assert best
    assert (run["status"], run["attempt"]) == ("finished", 1)
    assert "The disk has free space again" in program.log(run_id)
    assert weights_of(program, run_id, "final.keras", tmp_path) == weights_of(
        program, undisturbed, "final.keras", tmp_path
    )


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"\0" * 4096)
        except OSError:
            return
