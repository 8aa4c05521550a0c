"""Features of backbones on disk: what they take, and that those of a run that trains are never deleted."""

import fcntl
import os
from pathlib import Path
from typing import BinaryIO

import pytest

from backend.datasets import feature_store

ROWS = 100_000  # bytes, whole blocks of any file system in the end


def stored(datasets: Path, dataset: str, key: str, used_at: float) -> Path:
    folder = datasets / dataset / feature_store.FOLDER / key
    feature_store.use(folder).close()
    (folder / "train.f32").write_bytes(b"\x01" * ROWS)
    os.utime(folder / feature_store.LOCK, (used_at, used_at))
    return folder


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Features of two datasets, of which the second ones were not used for longest."""
    return [stored(tmp_path, "a", "one", 2), stored(tmp_path, "a", "two", 1), stored(tmp_path, "b", "one", 3)]


def test_features_that_were_not_used_for_longest_make_room(three: list[Path], tmp_path: Path) -> None:
    size = feature_store.disk_bytes(tmp_path / "b")

    assert size >= ROWS
    assert feature_store.make_room(tmp_path, size, limit=4 * size) == []
    assert feature_store.make_room(tmp_path, size, limit=3 * size) == [three[1]]
    assert feature_store.make_room(tmp_path, 2 * size, limit=3 * size) == [three[0]]
    assert three[2].exists()


def test_features_in_use_are_never_deleted(three: list[Path], tmp_path: Path) -> None:
    with feature_store.use(three[1]):
        assert feature_store.make_room(tmp_path, ROWS, limit=ROWS) == [three[0], three[2]]
        assert feature_store.delete_all(tmp_path / "a") == 1
    assert feature_store.delete_all(tmp_path / "a") == 0
    assert feature_store.disk_bytes(tmp_path / "a") == 0


def test_features_that_a_run_computes_anew_are_not_deleted_with_the_old_ones(
    three: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes delete the same features, and a run needs them again before the second one has the lock."""
    runs: list[BinaryIO] = []
    flock = fcntl.flock

    def flock_late(lock: BinaryIO, operation: int) -> None:
        monkeypatch.undo()
        assert feature_store.delete_unused(three[0])
        runs.append(feature_store.use(three[0]))
        flock(lock, operation)

    monkeypatch.setattr(fcntl, "flock", flock_late)

    assert not feature_store.delete_unused(three[0])
    assert (three[0] / feature_store.LOCK).exists()
    runs[0].close()
    assert feature_store.delete_unused(three[0])
    assert feature_store.delete_unused(three[0]), "they are gone already"


def test_what_is_left_of_an_interrupted_deletion_is_deleted_first(three: list[Path], tmp_path: Path) -> None:
    left = three[0].rename(three[0].with_name(f"{feature_store.DELETED}abc"))
    os.unlink(left / feature_store.LOCK)
    os.utime(left, (0, 0))

    assert feature_store.make_room(tmp_path, ROWS, limit=3 * ROWS)[0] == left
    assert not left.exists()


def test_a_use_makes_features_the_newest(three: list[Path], tmp_path: Path) -> None:
    feature_store.use(three[1]).close()

    assert feature_store.make_room(tmp_path, ROWS, limit=3 * ROWS)[0] == three[0]


def test_only_plain_features_of_all_images_count_as_kept(tmp_path: Path) -> None:
    for key, done in (("net-96-float32-abc", b"\x01\x01\x00"), ("net-96-float32-varied-abc", b"\x01\x01\x01")):
        (stored(tmp_path, "a", key, 1) / "train.done").write_bytes(done)

    assert feature_store.are_kept(tmp_path / "a", "net-96-float32-", 2)
    assert not feature_store.are_kept(tmp_path / "a", "net-96-float32-", 3)
    assert not feature_store.are_kept(tmp_path / "a", "net-160-float32-", 1)


def test_the_newest_measured_speed_of_any_dataset_counts(three: list[Path], tmp_path: Path) -> None:
    for folder, speed, at in ((three[0], "40", 1), (three[2], "50", 2)):
        (folder / feature_store.SPEED).write_text(speed)
        os.utime(folder / feature_store.SPEED, (at, at))

    assert feature_store.measured_speed(tmp_path, "one") == 50
    assert feature_store.measured_speed(tmp_path, "three") is None


def test_a_speed_that_a_computer_left_empty_as_it_went_off_is_none(three: list[Path], tmp_path: Path) -> None:
    (three[0] / feature_store.SPEED).write_text("")

    assert feature_store.measured_speed(tmp_path, "one") is None
