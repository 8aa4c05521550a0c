"""What the real program makes of a best model: proved before it is offered, also when who makes it is killed."""

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Program

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One that makes exports."""
    with Program(tmp_path_factory.mktemp("program"), EPOCHBOARD_EXPORTS="true").running() as running:
        yield running


def export(program: Program, run_id: str, kind: str) -> Any:
    return next(one for one in program.get(f"/api/runs/{run_id}/exports")["items"] if one["kind"] == kind)


def at_status(program: Program, run_id: str, kind: str, *statuses: str) -> Any:
    def reached() -> Any:
        one = export(program, run_id, kind)
        return one if one["status"] in statuses else None

    return program.wait(reached, 120, f"{kind} to be {' or '.join(statuses)}")


@pytest.fixture(scope="module")
def run_id(program: Program) -> str:
    run_id = program.launch(recipe="digits-quick")
    program.ended(run_id)
    return run_id


def test_the_end_of_a_run_brings_a_bundle_that_was_proved_and_proves_itself_again(
    program: Program, run_id: str, tmp_path: Path
) -> None:
    ready = at_status(program, run_id, "bundle", "ready", "failed")
    bundle = program.download(run_id, "bundle.zip", tmp_path)
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "home")

    command = (sys.executable, "-P", "predict.py", "--prove")
    proof = subprocess.run(command, cwd=tmp_path / "home", capture_output=True, text=True, env={"PYTHONPATH": "."})

    assert (ready["status"], ready["is_current"]) == ("ready", True)
    assert ready["sha256"] == hashlib.sha256(bundle.read_bytes()).hexdigest()
    assert proof.returncode == 0, proof.stderr
    assert proof.stdout.startswith("32 images, largest difference")
    assert "bundle.zip is proved: 32 images" in program.log(run_id)
    metrics = json.loads((tmp_path / "home" / "metrics.json").read_text())
    assert metrics["best"] == program.run(run_id)["best"]


@pytest.mark.thorough
def test_one_whose_worker_is_killed_is_made_by_the_next(program: Program, run_id: str) -> None:
    at_status(program, run_id, "bundle", "ready")
    program.post(f"/api/runs/{run_id}/exports/savedmodel", b"")
    at_status(program, run_id, "savedmodel", "making")

    program.part("jobs").kill()

    assert at_status(program, run_id, "savedmodel", "ready", "failed")["status"] == "ready"
