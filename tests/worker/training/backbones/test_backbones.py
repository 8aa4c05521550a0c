"""Training on a backbone: the features of its frozen layers, its phases, and resuming in each of them."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from backend.datasets import store
from backend.datasets.store import StoredDataset
from backend.settings import MAX_FEATURE_BYTES
from backend.spec import RunSpec
from tests.support.training.trainings import KERAS_SAVES_MODELS, Recorded
from worker.training.fit import train
from worker.training.report import Resume

pytestmark = [pytest.mark.slow, KERAS_SAVES_MODELS]

CLASSES = ["dark", "grey", "bright"]
BEST_BY_LOSS = {"checkpoint": {"monitor": "loss"}}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> StoredDataset:
    """Three classes of 32 × 32 noise in colours: each class is brighter than the one before."""
    draw = np.random.default_rng(7)
    arrays = {}
    for split, size in (("train", 60), ("test", 24)):
        labels = np.arange(size) % 3
        images = draw.integers(0, 80, (size, 32, 32, 3)) + 80 * labels[:, None, None, None]
        arrays[split] = (images.astype(np.uint8), labels)
    folder, _ = store.write(tmp_path_factory.mktemp("datasets"), "colors", CLASSES, arrays)
    return StoredDataset.open(folder)


@pytest.fixture(scope="module")
def first(dataset: StoredDataset, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A run of four epochs, the first one on the features of the dataset."""
    return trained(dataset, tmp_path_factory.mktemp("runs") / "first", {}, callbacks=BEST_BY_LOSS)


def trained(
    dataset: StoredDataset,
    folder: Path,
    options: Mapping[str, Any],
    resume: Resume | None = None,
    limit: int = MAX_FEATURE_BYTES,
    **changes: Any,
) -> Recorded:
    model = {"backbone": "efficientnet_lite0", "options": {"input_size": 32, **options}}
    spec = RunSpec.model_validate({"dataset": {"name": "colors"}, "model": model, "epochs": 4, **changes})
    folder.mkdir()
    report = Recorded()
    train(spec, dataset, folder, report, resume, limit)
    return report


def metrics(report: Recorded) -> list[dict[str, float]]:
    return [{**epoch.metrics, "seconds": 0.0} for epoch in report.epochs]


def resumed_after(report: Recorded, epoch: int) -> Resume:
    best = [saved.best.path for saved in report.epochs[:epoch] if saved.best is not None]
    return Resume(report.epochs[epoch - 1].state.path, best[-1])


def test_the_head_is_trained_on_features_that_equal_a_forward_pass(dataset: StoredDataset, first: Recorded) -> None:
    best = first.epochs[-1].best
    assert best is not None, "the training loss falls"
    network = keras.saving.load_model(best.path)
    pixels = dataset.images("test").astype(np.float32) / 127.5 - 1.0
    expected = network.predict(pixels, verbose=0)
    assert first.epochs[-1].probabilities is not None
    np.testing.assert_allclose(np.load(first.epochs[-1].probabilities.path), expected, atol=1e-5)
    assert [layer.name for layer in network.layers if layer.trainable_weights] == ["dense"]
    assert first.series("loss")[-1] < first.series("loss")[0]


def test_a_resumed_run_takes_the_features_that_are_there_and_goes_on_exactly(
    dataset: StoredDataset, first: Recorded, tmp_path: Path
) -> None:
    files = {path: path.stat().st_mtime_ns for path in (dataset.folder / "features").rglob("*.f32")}

    resumed = trained(dataset, tmp_path / "resumed", {}, resumed_after(first, 2), callbacks=BEST_BY_LOSS)

    assert resumed.features_done == []
    assert "info The features of 60 train images are kept from an earlier computation" in resumed.lines
    assert metrics(resumed) == metrics(first)[2:]
    assert {path: path.stat().st_mtime_ns for path in (dataset.folder / "features").rglob("*.f32")} == files


def test_a_run_keeps_the_features_that_it_has_while_it_makes_room_for_others(
    dataset: StoredDataset, tmp_path: Path
) -> None:
    colors = StoredDataset.open(shutil.copytree(dataset.folder, tmp_path / "colors"))
    trained(colors, tmp_path / "plain", {}, epochs=1)
    one_variant = 60 * 1280 * 4  # bytes

    flipped = {"horizontal_flip": True}
    varied = trained(colors, tmp_path / "varied", {}, limit=one_variant, epochs=1, augmentation=flipped)

    assert "info The features of 60 train images are kept from an earlier computation" in varied.lines
    assert not [line for line in varied.lines if "Deleted" in line]


def test_a_dataset_that_was_changed_under_its_features_gets_other_ones(dataset: StoredDataset, tmp_path: Path) -> None:
    arrays = {split: (255 - dataset.images(split), dataset.labels(split)) for split in dataset.splits}
    folder = shutil.copytree(dataset.folder, tmp_path / "colors")
    store.write_dataset(folder, "colors", CLASSES, arrays)

    changed = trained(StoredDataset.open(folder), tmp_path / "changed", {}, epochs=1)

    assert [done for done, images in changed.features_done if done == images] == [60, 24]
    assert len(list((folder / "features").iterdir())) == 2


def test_2_000_classes_train_with_one_image_each(dataset: StoredDataset, tmp_path: Path) -> None:
    arrays = {split: (dataset.images(split)[:20], np.arange(20)) for split in dataset.splits}
    folder, _ = store.write(tmp_path, "colors", [f"class {number}" for number in range(2_000)], arrays)

    report = trained(StoredDataset.open(folder), tmp_path / "run", {}, epochs=1)

    assert np.isfinite(report.series("val_loss")).all()


@pytest.mark.thorough
def test_a_head_on_varied_images_resumes_exactly(dataset: StoredDataset, tmp_path: Path) -> None:
    varied: dict[str, Any] = {"augmentation": {"horizontal_flip": True, "width_shift": 0.1}}
    whole = trained(dataset, tmp_path / "whole", {}, **varied)

    resumed = trained(dataset, tmp_path / "resumed", {}, resumed_after(whole, 2), **varied)

    assert metrics(resumed) == metrics(whole)[2:]


@pytest.mark.thorough
def test_more_of_the_backbone_is_trained_after_its_head_and_both_phases_resume_exactly(
    dataset: StoredDataset, tmp_path: Path
) -> None:
    options = {"train": "last_blocks"}
    whole = trained(dataset, tmp_path / "whole", options)

    for epoch in (1, 2, 3):  # in the first phase, after its end, in the second one
        resumed = trained(dataset, tmp_path / f"after-{epoch}", options, resumed_after(whole, epoch))
        assert metrics(resumed) == metrics(whole)[epoch:]
        assert any("features" in line for line in resumed.lines) is (epoch == 1), "a phase that is over needs none"

    assert whole.series("learning_rate") == pytest.approx([1e-3, 1e-3, 1e-4, 1e-4])
