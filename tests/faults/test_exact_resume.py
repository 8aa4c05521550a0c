"""Killed at any moment and resumed by the board, a run is bit for bit the one that nobody disturbed."""

import random
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Program, weights_of
from tests.worker.training.test_exact_resume import STOPPED_EARLY

pytestmark = pytest.mark.slow

KILLS = [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(3, 10))]


@pytest.fixture(scope="module")
def undisturbed(program: Program, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    run_id = program.launch(spec=STOPPED_EARLY)
    program.ended(run_id)
    return facts(program, run_id, tmp_path_factory.mktemp("files"))


@pytest.mark.parametrize("seed", KILLS)
def test_killed_at_a_random_moment_it_ends_the_same(
    program: Program, undisturbed: dict[str, Any], tmp_path: Path, seed: int
) -> None:
    moment = random.Random(seed)
    run_id = program.launch(spec=STOPPED_EARLY)
    run = program.at_epoch(run_id, moment.randrange(1, undisturbed["epoch"] - 1))
    time.sleep(moment.random() * run["metrics"]["seconds"])

    program.trainer().kill()
    run = program.ended(run_id)

    assert run["attempt"] == 2, "the run was over before it was killed"
    assert facts(program, run_id, tmp_path) == undisturbed


def facts(program: Program, run_id: str, folder: Path) -> dict[str, Any]:
    run, metrics = program.run(run_id), program.get(f"/api/runs/{run_id}/metrics")
    series = {name: values for name, values in metrics["series"].items() if name != "seconds"}
    best = {**run["best"], "metrics": {**run["best"]["metrics"], "seconds": None}}
    files = {name: weights_of(program, run_id, name, folder) for name in ("best.keras", "final.keras", "last.keras")}
    told = {name: run[name] for name in ("status", "ended_by", "epoch", "test")}
    return {**told, "epochs": metrics["epochs"], "series": series, "best": best, **files}
