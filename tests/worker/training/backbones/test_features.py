"""Rows of features in their files: each is computed once, and a computation that was killed goes on where it was."""

import errno
import fcntl
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.support.training.trainings import Recorded
from worker.trainer_lines import Sign
from worker.training.backbones import room
from worker.training.backbones.features import SAVED_ROWS, FeatureFile, Features, Positions
from worker.training.backbones.progress import FeatureProgress
from worker.training.errors import TrainingError

IMAGES = 2 * SAVED_ROWS


class Killed(Exception):
    """Stands for a signal in the middle of a computation."""


def file_in(folder: Path) -> FeatureFile:
    folder.mkdir(exist_ok=True)
    return FeatureFile(folder, "train", IMAGES, width=3, what="train image")


def features(positions: Positions) -> Features:
    return np.repeat(positions[:, None], 3, axis=1).astype(np.float32)


def test_a_killed_computation_goes_on_after_what_was_saved(tmp_path: Path) -> None:
    everything = np.arange(IMAGES)

    def killed(positions: Positions) -> Features:
        if positions[-1] > SAVED_ROWS + 40:
            raise Killed
        return features(positions)

    file, report = file_in(tmp_path / "key"), Recorded()
    with pytest.raises(Killed):
        file.rows(everything, killed, FeatureProgress(report))
    assert file.missing(everything).tolist() == list(range(SAVED_ROWS, IMAGES))

    rows = file.rows(everything, features, FeatureProgress(report))

    np.testing.assert_array_equal(rows, features(everything))
    assert report.features_done[-1] == (SAVED_ROWS, SAVED_ROWS)
    assert report.lines[-1] == f"info The features of {SAVED_ROWS} train images are kept from an earlier computation"


def test_only_missing_rows_are_computed(tmp_path: Path) -> None:
    file = file_in(tmp_path / "key")
    file.rows(np.array([5, 3]), features, FeatureProgress(Recorded()))

    assert file.missing(np.arange(6)).tolist() == [0, 1, 2, 4]
    assert file.missing_bytes(np.arange(6)) == 4 * 3 * 4


def test_a_run_says_that_it_waits_for_one_that_computes_the_same_features(tmp_path: Path) -> None:
    file, report = file_in(tmp_path / "key"), Recorded()
    with (tmp_path / "key" / "train.f32").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        threading.Timer(0.1, fcntl.flock, (other, fcntl.LOCK_UN)).start()
        file.rows(np.arange(3), features, FeatureProgress(report))

    assert report.lines[0] == "info Waiting for another run, which computes the same features now"
    assert report.signs[0] is Sign.ALIVE, "else it would be taken for stalled"


def test_features_beyond_the_limit_are_refused_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(TrainingError) as error:
        room.make(tmp_path, needed=2_048_000_000, limit=1_000_000_000)

    assert error.value.detail == "They take 2,048 MB, and EPOCHBOARD_MAX_FEATURE_BYTES allows 1,000 MB."


def test_a_disk_that_is_too_full_is_reported_before_anything_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=12_000_000))

    with pytest.raises(TrainingError) as error:
        room.make(tmp_path, needed=256_000_000, limit=1_000_000_000)

    assert error.value.title == "The disk is too full for the backbone's features"
    assert error.value.detail == f"They need 256 MB more, and 12 MB are free on the disk of {tmp_path}."


def test_a_disk_that_gets_full_says_how_much_is_still_needed(tmp_path: Path) -> None:
    error = room.unwritable(tmp_path, 40_000_000, OSError(errno.ENOSPC, "No space left on device"))

    assert error.detail == f"They need 40 MB more, and the disk of {tmp_path} is full."
    assert "train_limit" in error.hint
