"""The pairs of classes that a run confuses most, and the order of classes by similarity, over HTTP."""

import numpy as np
import pytest

from tests.support.runs.compared import ComparedBoard

SIGNS = ["stop", "yield", "60", "80"]
LABELS = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]
PREDICTED = [0, 0, 1, 1, 1, 1, 3, 3, 2, 2, 2, 3, 3, 3]


@pytest.fixture(scope="module")
def signs(board: ComparedBoard) -> str:
    """A run that takes two of four 60 for 80, one of four 80 for 60, and one of three stop signs for yield."""
    board.dataset("signs", LABELS, SIGNS)
    confidence = [0.9, 0.9, 0.5, 0.9, 0.9, 0.9, 0.6, 0.8, 0.9, 0.9, 0.5, 0.9, 0.9, 0.9]
    return board.run(PREDICTED, confidence=confidence, dataset={"name": "signs"})


def test_the_most_frequent_pair_is_first(board: ComparedBoard, signs: str) -> None:
    read = board.get(f"/api/runs/{signs}/confused-pairs")

    assert (read["total"], read["mistakes"], read["next_cursor"]) == (3, 4, None)
    assert read["items"][0] == {
        "true": "60",
        "true_position": 2,
        "predicted": "80",
        "predicted_position": 3,
        "count": 2,
        "support": 4,
        "share": 0.5,
        "image": "/api/datasets/signs/images/test/7.png",
    }
    assert [(item["true"], item["share"]) for item in read["items"][1:]] == [("stop", 1 / 3), ("80", 0.25)]


def test_pairs_come_in_pages(board: ComparedBoard, signs: str) -> None:
    first = board.get(f"/api/runs/{signs}/confused-pairs", limit=2)
    rest = board.get(f"/api/runs/{signs}/confused-pairs", limit=2, cursor=first["next_cursor"])

    assert [item["true"] for item in first["items"] + rest["items"]] == ["60", "stop", "80"]
    assert rest["next_cursor"] is None
    refused = board.refused(f"/api/runs/{signs}/confused-pairs", 422, split="test", cursor=first["next_cursor"])
    assert "does not belong to a page of this query" in refused["detail"]


def test_confused_classes_lie_beside_each_other(board: ComparedBoard, signs: str) -> None:
    stored = board.get(f"/api/runs/{signs}/confusion-matrix")
    read = board.get(f"/api/runs/{signs}/confusion-matrix", order="similarity")

    assert set(stored) == {"epoch", "split", "classes", "matrix"}
    assert read["classes"] == SIGNS
    assert read["matrix"] == stored["matrix"]
    assert sorted(read["order"]) == [0, 1, 2, 3]
    assert abs(read["order"].index(2) - read["order"].index(3)) == 1
    assert read["merges"][0] == {"left": 2, "right": 3, "height": 0}
    assert read["merges"][-1]["height"] == 1


def test_cells_that_are_not_zero_are_lists(board: ComparedBoard, signs: str) -> None:
    read = board.get(f"/api/runs/{signs}/confusion-matrix", cells="nonzero", order="similarity")
    shares = board.get(f"/api/runs/{signs}/confusion-matrix", cells="nonzero", normalize="true")

    assert (read["rows"], read["columns"]) == ([0, 0, 1, 2, 2, 3, 3], [0, 1, 1, 2, 3, 2, 3])
    assert read["values"] == [2, 1, 3, 2, 2, 1, 3]
    assert shares["values"] == [2 / 3, 1 / 3, 1, 0.5, 0.5, 0.25, 0.75]
    assert read["order"] == board.get(f"/api/runs/{signs}/confusion-matrix", order="similarity")["order"]
    assert "matrix" not in read
    board.refused(f"/api/runs/{signs}/confusion-matrix", 422, cells="some")


def test_a_run_without_mistakes_has_no_pairs_and_yet_an_order(board: ComparedBoard) -> None:
    run = board.run(LABELS, dataset={"name": "signs"})

    assert board.get(f"/api/runs/{run}/confused-pairs")["items"] == []
    assert sorted(board.get(f"/api/runs/{run}/confusion-matrix", order="similarity")["order"]) == [0, 1, 2, 3]


@pytest.mark.parametrize("classes", [3, 1_000])
def test_the_matrix_has_any_size(board: ComparedBoard, classes: int) -> None:
    labels = np.arange(2_000) % classes
    name = f"classes-{classes}"
    board.dataset(name, labels.tolist(), [f"class {number}" for number in range(classes)])
    run = board.run(np.where(np.arange(2_000) % 4, labels, (labels + 1) % classes), dataset={"name": name})

    read = board.get(f"/api/runs/{run}/confusion-matrix", order="similarity")
    assert sorted(read["order"]) == list(range(classes))
    assert len(read["merges"]) == classes - 1
    assert board.get(f"/api/runs/{run}/confused-pairs", limit=1)["mistakes"] == 500
    assert len(board.get(f"/api/runs/{run}/confusion-matrix", cells="nonzero")["values"]) <= 2_000


def test_an_unknown_order_and_epoch_are_refused(board: ComparedBoard, signs: str) -> None:
    board.refused(f"/api/runs/{signs}/confusion-matrix", 422, order="alphabet")
    for path in ("confused-pairs", "classes/0"):
        problem = board.refused(f"/api/runs/{signs}/{path}", 404, epoch=9)
        assert "has no epoch 9; it has epoch 1" in problem["detail"]
