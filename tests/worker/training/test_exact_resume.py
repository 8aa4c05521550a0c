"""A run killed anywhere and resumed is, bit for bit, the run that nobody disturbed."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.trainings import FOR_DIGITS, spec
from worker.datasets.ingest import prepare

pytestmark = pytest.mark.slow

STOPPED_EARLY = {
    "dataset": {"name": "digits", "train_limit": 400, "test_limit": 100, "validation": {"from": "train"}},
    "preprocessing": {"scaling": "standard"},
    "model": {
        "preset": "vgg",
        "options": {
            "blocks": [[8], [16]],
            "dense_units": [32],
            "batch_normalization": True,
            "block_dropout": 0.2,
            "dense_dropout": 0.3,
            "l2": 0.001,
        },
    },
    "augmentation": {
        "width_shift": 0.1,
        "height_shift": 0.1,
        "horizontal_flip": True,
        "rotation": 10.0,
        "zoom": 0.1,
        "brightness": 0.2,
        "contrast": 0.2,
        "cutout": 0.3,
    },
    "optimizer": {"name": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": True},
    "loss": {"name": "categorical_crossentropy", "label_smoothing": 0.1},
    "class_weights": "balanced",
    "epochs": 9,
    "seed": 11,
    "callbacks": {
        "checkpoint": {"monitor": "val_macro_f1", "every": 2},
        # No accuracy improves by a whole 1: both count from the first epoch on.
        "early_stopping": {"monitor": "val_accuracy", "patience": 5, "min_delta": 1.0, "restore_best_weights": True},
        "reduce_lr": {"monitor": "val_macro_f1", "patience": 3, "min_delta": 1.0, "factor": 0.5},
    },
}
SCHEDULED = spec(
    "digits",
    FOR_DIGITS,
    epochs=6,
    seed=11,
    precision="mixed_float16",
    optimizer={"name": "adamw", "schedule": {"name": "cosine", "warmup_epochs": 2}},
).as_json()


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare("digits", tmp_path_factory.mktemp("datasets"), lambda _text: None)[0]


def lines_of(dataset: Path, folder: Path, given: dict[str, Any], *arguments: str, ended_by: int = 0) -> list[Any]:
    command = (
        sys.executable,
        "-m",
        "tests.support.train_and_die",
        str(dataset),
        str(folder),
        json.dumps(given),
        *arguments,
    )
    ended = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert ended.returncode == -ended_by, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def goes_on(folder: Path, epoch: int) -> list[str]:
    """Arguments to go on after `epoch`, with the best model of all folders that was announced by then."""
    saved = {int(path.stem.removeprefix("best-")): path for path in folder.parent.glob("e*/best-*.keras")}
    best = saved[max(number for number in saved if number <= epoch)]
    return ["--resume", str(folder / f"state-{epoch}.npz"), "--best", str(best)]


@pytest.mark.parametrize(
    ("given", "ended_by"),
    [(STOPPED_EARLY, "early_stopping"), (SCHEDULED, "epochs")],
    ids=["stopped-early", "scheduled"],
)
def test_killed_twice_and_resumed_it_is_the_undisturbed_run(
    dataset: Path, tmp_path: Path, given: dict[str, Any], ended_by: str
) -> None:
    first, second, third = (tmp_path / name for name in ("e1", "e2", "e3"))

    undisturbed = lines_of(dataset, tmp_path / "whole", given)
    killed = lines_of(dataset, first, given, "--die-after", "2", ended_by=signal.SIGKILL)
    killed += lines_of(dataset, second, given, *goes_on(first, 2), "--die-before", "5", ended_by=signal.SIGKILL)
    killed += lines_of(dataset, third, given, *goes_on(second, 4))
    only_ended_again = lines_of(dataset, tmp_path / "e4", given, *goes_on(third, 6))

    end = undisturbed[-1]
    assert [one["epoch"] for one in killed[:-1]] == [1, 2, 3, 4, 5, 6]
    assert killed == undisturbed
    assert only_ended_again == [end]
    assert end["ended_by"] == ended_by
    for name in ("state-6.npz", "predictions-6-validation.npz"):
        assert_same_arrays(tmp_path / "whole" / name, third / name)
    if ended_by == "early_stopping":
        assert end["final"] != end["last"]
        assert set(end["test"]["metrics"]) == {"loss", "accuracy", "macro_f1"}


@pytest.mark.parametrize(
    "torn",
    [
        "state-3.npz",
        pytest.param("best-1.keras", marks=pytest.mark.thorough),
        pytest.param("predictions-3-validation.npz", marks=pytest.mark.thorough),
    ],
)
def test_killed_inside_the_saving_it_goes_on_after_the_epoch_before(dataset: Path, tmp_path: Path, torn: str) -> None:
    given = {**STOPPED_EARLY, "epochs": 4}
    undisturbed = lines_of(dataset, tmp_path / "whole", given)

    killed = lines_of(dataset, tmp_path / "e1", given, "--die-saving", torn, ended_by=signal.SIGKILL)
    after = len(killed)
    begins = goes_on(tmp_path / "e1", after) if after else []
    killed += lines_of(dataset, tmp_path / "e2", given, *begins)

    assert after == (0 if torn.startswith("best") else 2)
    assert killed == undisturbed


def assert_same_arrays(one: Path, other: Path) -> None:
    with np.load(one) as left, np.load(other) as right:
        assert left.files == right.files
        for name in left.files:
            np.testing.assert_array_equal(left[name], right[name], strict=True)
