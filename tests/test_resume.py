"""A run killed anywhere and resumed is, bit for bit, the run that nobody disturbed."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from worker.ingest import prepare

pytestmark = pytest.mark.slow


def epochs_of(dataset: Path, folder: Path, *arguments: str, ended_by: int = 0) -> list[dict[str, Any]]:
    command = (sys.executable, "-m", "tests.train_and_die", str(dataset), str(folder), *arguments)
    ended = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert ended.returncode == -ended_by, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_killed_twice_and_resumed_it_is_the_undisturbed_run(tmp_path: Path) -> None:
    dataset, _ = prepare("digits", tmp_path / "datasets", lambda _text: None)
    first, second, third = (tmp_path / name for name in ("e1", "e2", "e3"))

    undisturbed = epochs_of(dataset, tmp_path / "whole")
    killed = epochs_of(dataset, first, "--die-after", "2", ended_by=signal.SIGKILL)
    state = str(first / "state-2.npz")
    killed += epochs_of(dataset, second, "--resume", state, "--die-before", "5", ended_by=signal.SIGKILL)
    killed += epochs_of(dataset, third, "--resume", str(second / "state-4.npz"))

    assert [one["epoch"] for one in killed] == [1, 2, 3, 4, 5, 6]
    assert killed == undisturbed
    for name in ("state-6.npz", "predictions-6-validation.npz"):
        assert_same_arrays(tmp_path / "whole" / name, third / name)


def assert_same_arrays(one: Path, other: Path) -> None:
    with np.load(one) as left, np.load(other) as right:
        assert left.files == right.files
        for name in left.files:
            np.testing.assert_array_equal(left[name], right[name], strict=True)
