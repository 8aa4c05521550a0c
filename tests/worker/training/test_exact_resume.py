"""A run that is killed anywhere and resumed equals the undisturbed run, bit for bit."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import Any

import numpy as np
import pytest

from backend.datasets import store
from backend.datasets.store import StoredDataset
from tests.support.training.fork_server import RunPython, run_fresh
from tests.support.training.trainings import FOR_DIGITS, spec
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
    dataset={"name": "digits", "validation": {"from": "validation"}},
    optimizer={"name": "adamw", "schedule": {"name": "cosine", "warmup_epochs": 2}},
).as_json()


@dataclass
class Undisturbed:
    """A run that was not killed: its spec, its folder, and the JSON lines that it printed."""

    spec: dict[str, Any]
    folder: Path
    lines: list[Any]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digits, whose first 100 training images are the validation split too."""
    folder, manifest = prepare("digits", tmp_path_factory.mktemp("datasets"), lambda _text: None)
    digits = StoredDataset.open(folder)
    arrays = {split: (digits.images(split), digits.labels(split)) for split in digits.splits}
    arrays["validation"] = (digits.images("train")[:100], digits.labels("train")[:100])
    return store.write(folder.parent, "digits", manifest.classes, arrays)[0]


@pytest.fixture(
    scope="module",
    params=[pytest.param(STOPPED_EARLY, id="stopped-early"), pytest.param(SCHEDULED, id="scheduled")],
)
def undisturbed(
    request: pytest.FixtureRequest, dataset: Path, tmp_path_factory: pytest.TempPathFactory, run_forked: RunPython
) -> Undisturbed:
    """The first one trains in a fresh interpreter, which shares nothing with the forks that are killed."""
    folder = tmp_path_factory.mktemp("undisturbed") / "whole"
    run_python = run_fresh if request.param is STOPPED_EARLY else run_forked
    return Undisturbed(request.param, folder, train(run_python, dataset, folder, request.param))


def train(
    run_python: RunPython, dataset: Path, folder: Path, run_spec: dict[str, Any], *options: str, killed_by: int = 0
) -> list[Any]:
    """Returns the lines that a training printed before it ended, or before the signal `killed_by` ended it."""
    module = "tests.support.training.train_and_die"
    arguments = ("-m", module, str(dataset), str(folder), json.dumps(run_spec), *options)
    ended = run_python(arguments)
    assert ended.returncode == -killed_by, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def resume_after(folder: Path, epoch: int) -> list[str]:
    """Returns the options that resume after `epoch`, with the best model that any folder has until then."""
    saved = {int(path.stem.removeprefix("best-")): path for path in folder.parent.glob("e*/best-*.keras")}
    best = saved[max(number for number in saved if number <= epoch)]
    return ["--resume", str(folder / f"state-{epoch}.npz"), "--best", str(best)]


def test_a_run_killed_twice_and_resumed_equals_the_undisturbed_run(
    undisturbed: Undisturbed, dataset: Path, tmp_path: Path, run_forked: RunPython
) -> None:
    first, second, third, fourth = (tmp_path / name for name in ("e1", "e2", "e3", "e4"))
    run_spec = undisturbed.spec
    after_2 = ("--die-saving", "state-3.npz") if run_spec is STOPPED_EARLY else ("--die-after", "2")
    die_before_5 = ("--die-before", "5")

    killed = train(run_forked, dataset, first, run_spec, *after_2, killed_by=SIGKILL)
    killed += train(run_forked, dataset, second, run_spec, *resume_after(first, 2), *die_before_5, killed_by=SIGKILL)
    killed += train(run_forked, dataset, third, run_spec, *resume_after(second, 4))
    only_ended_again = train(run_forked, dataset, fourth, run_spec, *resume_after(third, 6))

    end = undisturbed.lines[-1]
    assert [line["epoch"] for line in killed[:-1]] == [1, 2, 3, 4, 5, 6]
    assert killed == undisturbed.lines
    assert only_ended_again == [end]
    assert end["ended_by"] == ("early_stopping" if run_spec is STOPPED_EARLY else "epochs")
    for name in ("state-6.npz", "predictions-6-validation.npz"):
        assert_same_arrays(undisturbed.folder / name, third / name)
    if run_spec is STOPPED_EARLY:
        assert end["final"] != end["last"]
    assert set(end["test"]["metrics"]) == {"loss", "accuracy", "macro_f1"}


@pytest.mark.thorough
@pytest.mark.parametrize("undisturbed", [pytest.param(STOPPED_EARLY, id="stopped-early")], indirect=True)
@pytest.mark.parametrize("torn", ["state-3.npz", "best-1.keras", "predictions-3-validation.npz"])
def test_a_run_killed_while_it_saves_resumes_after_the_epoch_before(
    undisturbed: Undisturbed, dataset: Path, tmp_path: Path, run_forked: RunPython, torn: str
) -> None:
    first, second = tmp_path / "e1", tmp_path / "e2"

    killed = train(run_forked, dataset, first, undisturbed.spec, "--die-saving", torn, killed_by=SIGKILL)
    saved_epochs = len(killed)
    resume = resume_after(first, saved_epochs) if saved_epochs else []
    killed += train(run_forked, dataset, second, undisturbed.spec, *resume)

    assert saved_epochs == (0 if torn.startswith("best") else 2)
    assert killed == undisturbed.lines


ON_FEATURES = {
    "dataset": {"name": "colors"},
    "model": {"backbone": "efficientnet_lite0", "options": {"input_size": 32}},
    "epochs": 2,
}
IN_TWO_PHASES = {
    **ON_FEATURES,
    "model": {"backbone": "efficientnet_lite0", "options": {"input_size": 32, "train": "last_blocks"}},
    "augmentation": {"horizontal_flip": True},
    "epochs": 4,
}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    draw = np.random.default_rng(7)
    labels = np.arange(80) % 2
    images = (draw.integers(0, 120, (80, 32, 32, 3)) + 120 * labels[:, None, None, None]).astype(np.uint8)
    arrays = {"train": (images, labels), "test": (images[:20], labels[:20])}
    return store.write(tmp_path_factory.mktemp("photos"), "colors", ["dark", "bright"], arrays)[0]


def test_a_run_killed_while_its_features_are_computed_equals_the_undisturbed_run(
    photos: Path, tmp_path: Path, run_forked: RunPython
) -> None:
    elsewhere = shutil.copytree(photos, tmp_path / "elsewhere")

    killed = train(run_forked, photos, tmp_path / "e1", ON_FEATURES, "--die-with-features", "32", killed_by=SIGKILL)
    again = train(run_forked, photos, tmp_path / "e2", ON_FEATURES)

    assert killed == []
    assert again == train(run_forked, elsewhere, tmp_path / "whole", ON_FEATURES)


@pytest.mark.thorough
def test_a_run_killed_in_each_phase_of_a_backbone_equals_the_undisturbed_run(
    photos: Path, tmp_path: Path, run_forked: RunPython
) -> None:
    first, second, third = (tmp_path / name for name in ("e1", "e2", "e3"))
    whole = train(run_fresh, shutil.copytree(photos, tmp_path / "elsewhere"), tmp_path / "whole", IN_TWO_PHASES)

    killed = train(run_forked, photos, first, IN_TWO_PHASES, "--die-after", "1", killed_by=SIGKILL)
    killed += train(
        run_forked, photos, second, IN_TWO_PHASES, *resume_after(first, 1), "--die-after", "3", killed_by=SIGKILL
    )
    killed += train(run_forked, photos, third, IN_TWO_PHASES, *resume_after(second, 3))

    assert killed == whole


def assert_same_arrays(left: Path, right: Path) -> None:
    with np.load(left) as expected, np.load(right) as actual:
        assert expected.files == actual.files
        for name in expected.files:
            np.testing.assert_array_equal(expected[name], actual[name], strict=True)
