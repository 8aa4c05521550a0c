"""The nearest training images, from the features that the evaluation `map` stored."""

from typing import Any

import numpy as np
import pytest

from backend.db.models import Evaluation
from backend.samples import neighbours
from tests.support.runs.compared import ComparedBoard

# Five training images; of the validation images only those at 0 and 2 have features.
TRAINED = [[1.0, 0.0], [0.0, 2.0], [3.0, 0.1], [1.0, 1.0], [0.0, 0.0]]
VALIDATED = [[2.0, 0.0], [0.0, 1.0]]


@pytest.fixture(scope="module")
def run(board: ComparedBoard) -> str:
    run_id = board.run([0, 1, 1, 1, 2, 2])
    folder = board.data_dir / f"runs/{run_id}/evaluations/a-claim"
    folder.mkdir(parents=True)
    for split, features, positions in (("train", TRAINED, [0, 1, 2, 4, 5]), ("validation", VALIDATED, [0, 2])):
        np.save(folder / f"features-{split}.npy", np.array(features, np.float32))
        np.save(folder / f"positions-{split}.npy", np.array(positions))
    with board.database.write() as session:
        state: dict[str, Any] = {"status": "ready", "claim": "a-claim", "of_sha256": "0", "touched_at": 0.0}
        times = {"progress": 1.0, "created_at": 0.0, "finished_at": 1.0}
        result = {"stored_splits": {"train": "train", "validation": "test"}}
        session.add(Evaluation(run_id=run_id, kind="map", epoch=1, result=result, **state, **times))
    return run_id


def test_the_nearest_come_first(board: ComparedBoard, run: str) -> None:
    image = board.get(f"/api/runs/{run}/samples/0")

    assert [neighbour["index"] for neighbour in image["neighbours"]] == [0, 2, 4, 1, 5]
    first, second = image["neighbours"][:2]
    assert first == {
        "split": "train",
        "index": 0,
        "class": "ankle boot",
        "distance": 0,
        "image": "/api/datasets/digits/images/train/0.png",
    }
    assert second["distance"] == pytest.approx(1 - 3 / np.hypot(3, 0.1), abs=1e-6)
    assert (image["neighbours_epoch"], image["neighbours_of"]) == (1, 5)


def test_features_that_are_replaced_while_they_are_read_are_read_again(
    board: ComparedBoard, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = neighbours._lengths

    def gone(path: str) -> None:
        monkeypatch.setattr(neighbours, "_lengths", lengths)
        raise FileNotFoundError(path)

    monkeypatch.setattr(neighbours, "_lengths", gone)

    assert len(board.get(f"/api/runs/{run}/samples/0")["neighbours"]) == 5


def test_an_image_that_the_map_lacks_has_none(board: ComparedBoard, run: str) -> None:
    assert board.get(f"/api/runs/{run}/samples/1")["neighbours"] == []


def test_before_the_map_is_computed_there_is_nothing_to_compare_with(board: ComparedBoard) -> None:
    other = board.run([0, 1, 1, 1, 2, 2])

    image = board.get(f"/api/runs/{other}/samples/0")

    assert (image["neighbours"], image["neighbours_epoch"]) == (None, None)
