"""Pictures that are in a dataset more than once, and images unlike their class."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from backend.datasets import registry, store
from backend.datasets.pictures.image_checks import FILE_NAME, RETRY_SECONDS, ImageChecks, read_checks, write_checks
from backend.datasets.store import StoredDataset
from backend.db.models import Dataset
from backend.settings import Settings
from tests.conftest import NO_REDIS
from tests.support.runs.compared import ComparedBoard
from worker.datasets import image_checks


def written(board: ComparedBoard, name: str) -> Path:
    """Writes a dataset: test image 0 is train image 3 under another label, and test image 1 nearly train image 4."""
    draw = np.random.default_rng(1)
    train, test = (draw.integers(0, 255, (20, 8, 8, 3)).astype(np.uint8) for _ in range(2))
    labels = np.arange(20) % 2
    test[0], test[1] = train[3], np.clip(train[4].astype(int) + draw.integers(0, 6, train[4].shape), 0, 255)
    splits = {"train": (train, labels), "test": (test, labels)}
    folder, manifest = store.write(board.data_dir / "datasets", name, ["=1+1", "owl"], splits)
    with board.database.write() as session:
        row = Dataset(name=name, status="preparing", touched_at=0.0)
        registry.mark_ready(row, str(folder.relative_to(board.data_dir)), manifest.as_json())
        session.add(row)
    return folder


def test_the_first_question_wakes_a_worker_and_later_ones_get_what_it_found(board: ComparedBoard) -> None:
    folder = written(board, "birds")

    first = board.refused("/api/datasets/birds/duplicates", 202)
    write_checks(folder, image_checks.compare(StoredDataset.open(folder)))
    contradictions = board.get("/api/datasets/birds/duplicates")
    near = board.get("/api/datasets/birds/duplicates", kind="near")
    outliers = board.get("/api/datasets/birds/outliers", limit=3)

    assert (first["status"], first["items"]) == ("computing", [])
    assert [(image["split"], image["index"], image["label"]) for image in contradictions["items"][0]["images"]] == [
        ("train", 3, "owl"),
        ("test", 0, "=1+1"),
    ]
    assert [[(image["split"], image["index"]) for image in item["images"]] for item in near["items"]] == [
        [("train", 3), ("test", 0)],
        [("train", 4), ("test", 1)],
    ]
    assert 0 < near["items"][1]["difference"] < 6
    assert (near["images"], near["is_complete"]) == (40, True)
    assert near["seen_in_train"] == {"test": 2}
    assert outliers["status"] == "ready"
    assert all(item["times"] > 1 for item in outliers["items"])


def test_too_many_images_are_not_compared_and_the_answer_says_so(
    board: ComparedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_checks, "MAX_IMAGES", 30)
    folder = written(board, "many")

    write_checks(folder, image_checks.compare(StoredDataset.open(folder)))

    found = board.get("/api/datasets/many/duplicates")
    assert (found["status"], found["error"]) == ("failed", "The dataset has 40 images; at most 30 are compared.")


@pytest.mark.slow
def test_a_worker_compares_the_images_in_a_process_of_its_own(board: ComparedBoard) -> None:
    written(board, "owls")

    image_checks.check_images(Settings(data_dir=board.data_dir, redis_url=NO_REDIS), "owls")

    assert len(board.get("/api/datasets/owls/duplicates")["items"]) == 1


def test_two_workers_may_finish_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def rename_after_another(path: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        write_checks(tmp_path, ImageChecks(images=2))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_after_another)
    write_checks(tmp_path, ImageChecks(images=2))

    assert read_checks(tmp_path) == ImageChecks(images=2)
    assert [path.name for path in tmp_path.iterdir()] == ["image-checks.json"]


def test_a_comparison_that_failed_is_tried_again_later(tmp_path: Path) -> None:
    write_checks(tmp_path, ImageChecks(error="Comparing the images ended with exit code -9."))
    assert read_checks(tmp_path) is not None

    long_ago = time.time() - RETRY_SECONDS - 1
    os.utime(tmp_path / FILE_NAME, (long_ago, long_ago))

    assert read_checks(tmp_path) is None
