"""The four ways to scale pixels, and which images a run sees."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.datasets.store import StoredDataset
from tests.support.training.trainings import TINY, spec, tiny_dataset
from worker.training.data.scaling import PixelScaling, scaling_for
from worker.training.data.splits import Splits, load_splits
from worker.training.errors import TrainingError
from worker.training.portable.scaling import pixel_statistics

LEVELS = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)


def test_unit_and_signed_divide_and_none_leaves_the_levels() -> None:
    levels = LEVELS.astype(np.float32)

    np.testing.assert_array_equal(PixelScaling("unit")(LEVELS), levels / np.float32(255))
    np.testing.assert_array_equal(PixelScaling("signed")(LEVELS), levels / np.float32(127.5) - np.float32(1))
    np.testing.assert_array_equal(PixelScaling("none")(LEVELS), levels)
    assert PixelScaling("none")(LEVELS).dtype == np.float32


def test_standard_scaling_without_statistics_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs the statistics of the training images"):
        PixelScaling("standard")


def test_standard_takes_mean_and_deviation_of_each_channel_in_double_precision() -> None:
    images = np.random.default_rng(3).integers(0, 200, (2_300, 5, 4, 3), dtype=np.uint8)
    images[..., 1] //= 3

    scaling = scaling_for("standard", images)

    statistics = scaling.statistics
    assert statistics is not None
    np.testing.assert_allclose(statistics.mean, images.mean(axis=(0, 1, 2), dtype=np.float64), rtol=1e-12)
    np.testing.assert_allclose(statistics.deviation, images.std(axis=(0, 1, 2), dtype=np.float64), rtol=1e-12)
    scaled = np.asarray(scaling(images))
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled.mean(axis=(0, 1, 2), dtype=np.float64), 0, atol=1e-4)
    np.testing.assert_allclose(scaled.std(axis=(0, 1, 2), dtype=np.float64), 1, atol=1e-4)
    assert scaling.describe().startswith(f"Pixels: standardized with the mean ({statistics.mean[0]:.3f}, ")


def test_an_even_channel_is_not_divided_by_nothing() -> None:
    assert pixel_statistics(np.full((3, 2, 2, 1), 9, np.uint8)) == ((9.0,), (1.0,))


def splits(dataset: StoredDataset, **changes: Any) -> Splits:
    return load_splits(dataset, spec("tiny", TINY, dataset={"name": "tiny", **changes}, seed=3))


def test_limits_come_before_the_validation_is_taken_and_test_stays_apart(tmp_path: Path) -> None:
    dataset = tiny_dataset(tmp_path)

    loaded = splits(dataset, train_limit=30, test_limit=6, validation={"from": "train", "fraction": 0.2})

    assert (len(loaded.train), len(loaded.validation)) == (24, 6)
    assert np.bincount(loaded.validation.labels).tolist() == [2, 2, 2]
    together = np.sort(np.concatenate([loaded.train.images, loaded.validation.images]), axis=0)
    np.testing.assert_array_equal(together, np.sort(dataset.images("train")[:30], axis=0))
    assert loaded.test is not None
    np.testing.assert_array_equal(loaded.test.images, dataset.images("test")[:6])
    assert loaded.describe() == ("Training on 24 images, validating on 6 other training images, testing on 6 images")


def test_validation_on_the_test_images_leaves_none_to_test_on(tmp_path: Path) -> None:
    loaded = splits(tiny_dataset(tmp_path), test_limit=9)

    assert (len(loaded.train), len(loaded.validation), loaded.test) == (40, 9, None)


def test_a_validation_split_is_used_whole_and_test_stays_apart(tmp_path: Path) -> None:
    dataset = tiny_dataset(tmp_path, validation=15)

    loaded = splits(dataset, train_limit=30, test_limit=6, validation={"from": "validation"})

    np.testing.assert_array_equal(loaded.train.images, dataset.images("train")[:30])
    np.testing.assert_array_equal(loaded.validation.images, dataset.images("validation"))
    assert loaded.describe() == (
        "Training on 30 images, validating on 15 images of the validation split, testing on 6 images"
    )


def test_a_missing_validation_split_is_an_error_that_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="The dataset has no validation split; it has train and test"):
        splits(tiny_dataset(tmp_path), validation={"from": "validation"})


def test_no_images_to_validate_on_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="No class has two of the 3 training images"):
        splits(tiny_dataset(tmp_path), train_limit=3, validation={"from": "train"})
