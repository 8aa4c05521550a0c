"""One class of a run over HTTP: scores with intervals, their curve, what it is confused with, and images."""

import pytest
from sklearn.metrics import precision_recall_fscore_support

from backend.analysis.statistics.intervals import wilson
from backend.mistakes import class_page
from backend.runs.stored_predictions import PredictionsFile
from tests.support.runs.compared import ComparedBoard

SHIRT, COAT, BAG, HAT = range(4)
CLASSES = ["Shirt", "Coat", "Bag", '<b>"x"</b> \u202e' + "y" * 180]
LABELS = [SHIRT] * 5 + [COAT] * 3 + [BAG] * 2
EPOCHS = [
    [COAT, COAT, COAT, COAT, BAG, COAT, COAT, COAT, BAG, BAG],
    [SHIRT, SHIRT, SHIRT, COAT, BAG, COAT, COAT, SHIRT, BAG, BAG],
]
CONFIDENCE = [0.5, 0.9, 0.7, 0.6, 0.8, 0.9, 0.9, 0.4, 0.9, 0.9]


@pytest.fixture(scope="module")
def clothes(board: ComparedBoard) -> str:
    """A run of two epochs; the last class has no image."""
    board.dataset("clothes", LABELS, CLASSES)
    metrics = [{"val_accuracy": 0.5}, {"val_accuracy": 0.7}]
    return board.run(EPOCHS, metrics, CONFIDENCE, dataset={"name": "clothes"})


def test_scores_are_those_of_scikit_learn_and_lie_in_their_intervals(board: ComparedBoard, clothes: str) -> None:
    read = board.get(f"/api/runs/{clothes}/classes/{SHIRT}")

    expected = precision_recall_fscore_support(LABELS, EPOCHS[1], labels=[SHIRT])
    for name, (value,) in zip(("precision", "recall", "f1"), expected, strict=False):
        assert read[name]["value"] == pytest.approx(value)
        low, high = read[name]["interval"]
        assert 0 < low < read[name]["value"] < high < 1
    assert read["recall"]["interval"] == list(wilson(3, 5))
    assert (read["name"], read["support"], read["predicted"], read["right"]) == ("Shirt", 5, 4, 3)


def test_what_it_is_taken_for_and_what_is_taken_for_it(board: ComparedBoard, clothes: str) -> None:
    read = board.get(f"/api/runs/{clothes}/classes/{SHIRT}")

    assert read["taken_for"] == [
        {"name": "Coat", "position": COAT, "count": 1, "support": 5, "share": 0.2},
        {"name": "Bag", "position": BAG, "count": 1, "support": 5, "share": 0.2},
    ]
    assert read["taken_from"] == [{"name": "Coat", "position": COAT, "count": 1, "support": 3, "share": 1 / 3}]


def test_the_surest_mistakes_and_the_surest_hits_are_shown(board: ComparedBoard, clothes: str) -> None:
    read = board.get(f"/api/runs/{clothes}/classes/{SHIRT}")

    assert [image["index"] for image in read["worst"]] == [4, 3]
    assert [image["index"] for image in read["typical"]] == [1, 2, 0]


def test_the_curve_has_each_epoch(board: ComparedBoard, clothes: str) -> None:
    curve = board.get(f"/api/runs/{clothes}/classes/{SHIRT}", epoch="1")["curve"]

    assert curve["epochs"] == [1, 2]
    assert curve["recall"] == [0, 0.6]
    assert curve["precision"] == [None, 0.75]
    assert curve["f1"] == pytest.approx([0, 2 / 3])


def test_an_epoch_whose_file_is_gone_is_a_gap_of_the_curve(board: ComparedBoard) -> None:
    run = board.run(EPOCHS, [{"val_loss": 1.0}] * 2, [0.123] * 10, dataset={"name": "clothes"})
    (board.data_dir / f"runs/{run}/e1/predictions-1-validation.npz").unlink()

    assert board.get(f"/api/runs/{run}/classes/{SHIRT}")["curve"]["recall"] == [None, 0.6]


def test_a_class_without_images_has_no_scores(board: ComparedBoard, clothes: str) -> None:
    read = board.get(f"/api/runs/{clothes}/classes/{HAT}")

    assert read["name"] == CLASSES[HAT]
    assert read["precision"] == read["recall"] == read["f1"] == {"value": None, "interval": None}
    assert (read["worst"], read["typical"], read["taken_for"]) == ([], [], [])


def test_nan_confidences_are_null_and_last(board: ComparedBoard) -> None:
    confidence = [float("nan"), *CONFIDENCE[1:]]
    run = board.run(EPOCHS[1], confidence=confidence, dataset={"name": "clothes"})

    typical = board.get(f"/api/runs/{run}/classes/{SHIRT}")["typical"]
    assert [(image["index"], image["confidence"]) for image in typical] == [(1, 0.9), (2, 0.7), (0, None)]


@pytest.mark.parametrize("position", [4, 2**31 - 1])
def test_a_class_that_is_not_there_is_404(board: ComparedBoard, clothes: str, position: int) -> None:
    problem = board.refused(f"/api/runs/{clothes}/classes/{position}", 404)

    assert f"has no class {position}: its 4 classes are counted from 0" in problem["detail"]


def test_a_run_without_predictions_says_so(board: ComparedBoard) -> None:
    run = board.run(dataset={"name": "clothes"})
    (board.data_dir / f"runs/{run}/e1/predictions-1-validation.npz").unlink()

    for path in ("classes/0", "confused-pairs", "confusion-matrix?order=similarity"):
        assert "can't be read" in board.refused(f"/api/runs/{run}/{path}", 404)["detail"]


def test_the_curve_of_a_long_run_is_spread_over_its_epochs() -> None:
    files = class_page.spread([PredictionsFile(epoch, "", "") for epoch in range(1, 10_001)])

    assert (len(files), files[0].epoch, files[-1].epoch) == (class_page.MAX_EPOCHS, 1, 10_000)
    assert class_page.spread(files[:3]) == files[:3]
