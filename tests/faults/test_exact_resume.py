"""A run that is killed at any moment and resumed by the board equals the undisturbed run, bit for bit."""

import random
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.service.program import Program, weights_of
from tests.worker.training.test_exact_resume import STOPPED_EARLY

pytestmark = pytest.mark.slow

# Seeds of the random moments, and how often the run is killed.
KILLS = [(2, 2), *(pytest.param(seed, 1, marks=pytest.mark.thorough) for seed in (0, 1, *range(3, 10)))]


@pytest.fixture(scope="module")
def undisturbed(program: Program, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    run_id = program.launch(spec=STOPPED_EARLY)
    program.ended(run_id)
    return results(program, run_id, tmp_path_factory.mktemp("files"))


@pytest.mark.parametrize(("seed", "times"), KILLS)
def test_a_run_killed_at_random_moments_equals_the_undisturbed_run(
    program: Program, undisturbed: dict[str, Any], tmp_path: Path, seed: int, times: int
) -> None:
    moment = random.Random(seed)
    run_id = program.launch(spec=STOPPED_EARLY)

    for epoch in sorted(moment.sample(range(1, undisturbed["epoch"] - 1), times)):
        run = program.at_epoch(run_id, epoch)
        time.sleep(moment.random() * run["metrics"]["seconds"])
        program.trainer().kill()
        program.at_attempt(run_id, run["attempt"] + 1)
    run = program.ended(run_id)

    assert run["attempt"] == 1 + times, "the run was over before it was killed"
    assert results(program, run_id, tmp_path) == undisturbed


def results(program: Program, run_id: str, folder: Path) -> dict[str, Any]:
    """Returns what two equal runs share: end, history, best epoch and the hashes of all weights."""
    run, metrics = program.run(run_id), program.get(f"/api/runs/{run_id}/metrics")
    series = {name: values for name, values in metrics["series"].items() if name != "seconds"}
    best = {**run["best"], "metrics": {**run["best"]["metrics"], "seconds": None}}
    files = {name: weights_of(program, run_id, name, folder) for name in ("best.keras", "final.keras", "last.keras")}
    end = {name: run[name] for name in ("status", "ended_by", "epoch", "test")}
    return {**end, "epochs": metrics["epochs"], "series": series, "best": best, **files}
