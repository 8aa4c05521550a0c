"""Killed at any moment and resumed by the board, a run is bit for bit the one that nobody disturbed."""

import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.program import Program, weights_of
from tests.test_resume import STOPPED_EARLY

pytestmark = pytest.mark.slow

KILLS = [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(3, 10))]


@dataclass(frozen=True)
class Told:
    """All that must be the same, and how long it took to tell it."""

    facts: dict[str, Any]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Told:
    run_id = program.launch(spec=STOPPED_EARLY)
    began = began_training(program, run_id)
    program.ended(run_id)
    return Told(facts(program, run_id, tmp_path_factory.mktemp("files")), time.monotonic() - began)


@pytest.mark.parametrize("seed", KILLS)
def test_killed_at_a_random_moment_it_ends_the_same(
    program: Program, undisturbed: Told, tmp_path: Path, seed: int
) -> None:
    run_id = program.launch(spec=STOPPED_EARLY)
    began_training(program, run_id)
    time.sleep(random.Random(seed).uniform(0.0, 0.9 * undisturbed.seconds))

    program.trainer().kill()
    run = program.ended(run_id)

    assert run["attempt"] == 2, "the run was over before it was killed"
    assert facts(program, run_id, tmp_path) == undisturbed.facts


def began_training(program: Program, run_id: str) -> float:
    program.wait(lambda: program.run(run_id)["status"] == "running", 60, "the training to begin")
    return time.monotonic()


def facts(program: Program, run_id: str, folder: Path) -> dict[str, Any]:
    run, metrics = program.run(run_id), program.get(f"/api/runs/{run_id}/metrics")
    series = {name: values for name, values in metrics["series"].items() if name != "seconds"}
    best = {**run["best"], "metrics": {**run["best"]["metrics"], "seconds": None}}
    files = {name: weights_of(program, run_id, name, folder) for name in ("best.keras", "final.keras", "last.keras")}
    told = {name: run[name] for name in ("status", "ended_by", "epoch", "test")}
    return {**told, "epochs": metrics["epochs"], "series": series, "best": best, **files}
