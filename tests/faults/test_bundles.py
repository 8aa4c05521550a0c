"""Bundles and exports of the real program: each is verified before it is offered, also when its worker is killed."""

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.service.program import Program, tiny_spec

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """It makes exports."""
    with Program(tmp_path_factory.mktemp("program"), EPOCHBOARD_EXPORTS="true").running() as running:
        yield running


def export(program: Program, run_id: str, kind: str) -> Any:
    return next(item for item in program.get(f"/api/runs/{run_id}/exports")["items"] if item["kind"] == kind)


def at_status(program: Program, run_id: str, kind: str, *statuses: str) -> Any:
    def export_if_reached() -> Any:
        item = export(program, run_id, kind)
        return item if item["status"] in statuses else None

    return program.wait(export_if_reached, 120, f"{kind} to be {' or '.join(statuses)}")


@pytest.fixture(scope="module")
def run_id(program: Program) -> str:
    run_id = program.launch(spec=tiny_spec())
    program.ended(run_id)
    return run_id


def test_an_ended_run_gets_a_verified_bundle_that_can_verify_itself_again(
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
    assert re.fullmatch(r"one prediction: \S+ ms\n32 images, largest difference .*\n", proof.stdout)
    assert "bundle.zip verified: 32 images" in program.log(run_id)
    metrics = json.loads((tmp_path / "home" / "metrics.json").read_text())
    assert metrics["best"] == program.run(run_id)["best"]


@pytest.mark.thorough
def test_an_export_whose_worker_is_killed_is_made_by_the_next_worker(program: Program, run_id: str) -> None:
    at_status(program, run_id, "bundle", "ready")
    program.post(f"/api/runs/{run_id}/exports/savedmodel", b"")
    at_status(program, run_id, "savedmodel", "making")

    program.part("worker").kill()

    assert at_status(program, run_id, "savedmodel", "ready", "failed")["status"] == "ready"
