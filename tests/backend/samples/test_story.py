"""`GET /api/runs/{id}/samples/{index}`: an image's likeliest classes, its story, and what other runs say of it."""

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest

from backend.analysis.story import Changes, changes
from backend.db.models import Run
from backend.samples import prediction_files
from tests.support.runs.compared import ComparedBoard

# Six images of classes 0 0 1 1 2 2: ankle boot, bag, coat.
EPOCHS = [[0, 1, 1, 1, 2, 2], [0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 2, 2], [0, 2, 1, 1, 2, 2]]
FOUR_EPOCHS: list[dict[str, float | None]] = [{"val_accuracy": 0.5}] * 4


@pytest.fixture(scope="module")
def run(board: ComparedBoard) -> str:
    return board.run(EPOCHS, FOUR_EPOCHS, name="strided")


def sample(board: ComparedBoard, run: str, index: int, **query: Any) -> Any:
    return board.get(f"/api/runs/{run}/samples/{index}", **query)


def test_the_story_has_the_prediction_of_each_epoch(board: ComparedBoard, run: str) -> None:
    story = sample(board, run, 1)["story"]

    assert story == {
        "epochs": [1, 2, 3, 4],
        "predicted": ["bag", "ankle boot", "bag", "coat"],
        "confidence": [0.75, 0.75, 0.75, 0.75],
        "label_confidence": [None, 0.75, None, 0.1875],
        "learnt": [2],
        "forgotten": [3],
        "flips": 3,
    }


def test_the_files_of_a_long_story_are_not_in_memory_together(
    board: ComparedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of these 40 files takes 0.4 MB; of 100,000 images and 1,000 epochs they would take 800 MB."""
    monkeypatch.setattr(prediction_files, "CACHE_BYTES", 2**20)
    board.dataset("many", [0, 1] * 25_000)
    epochs = np.random.default_rng(0).integers(0, 2, (40, 50_000))
    run = board.run(epochs, FOUR_EPOCHS * 10, dataset={"name": "many"})

    tracemalloc.start()
    story = sample(board, run, 49_999)["story"]
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert story["predicted"] == [["ankle boot", "bag"][label] for label in epochs[:, -1]]
    assert peak_bytes < 10e6


def test_an_image_has_its_class_its_address_and_the_answer_of_the_best_epoch(board: ComparedBoard, run: str) -> None:
    image = sample(board, run, 1)

    assert (image["true"], image["epoch"], image["stored_split"], image["shape"]) == (
        "ankle boot",
        4,
        "test",
        [8, 8, 1],
    )
    assert image["image"] == "/api/datasets/digits/images/test/1.png"
    assert image["mistakes"] == {"total": 1, "as_sure": 1}
    assert image["top"] == [{"class": "coat", "probability": 0.75}, {"class": "ankle boot", "probability": 0.1875}]


def test_the_likeliest_classes_are_read_from_the_stored_probabilities(board: ComparedBoard) -> None:
    run = board.run(EPOCHS[-1], probabilities=np.tile([0.25, 0.125, 0.625], (6, 1)))

    top = sample(board, run, 1)["top"]

    assert [(answer["class"], answer["probability"]) for answer in top] == [
        ("coat", 0.625),
        ("ankle boot", 0.25),
        ("bag", 0.125),
    ]


def test_other_finished_runs_on_the_same_images_give_their_verdict(board: ComparedBoard) -> None:
    board.dataset("shared", [0, 0, 1, 1, 2, 2])
    name = {"name": "shared"}
    here = board.run(EPOCHS[0], dataset=name)
    other = board.run(EPOCHS[1], name="other", dataset=name)
    board.run(EPOCHS[1], dataset={**name, "validation": {"from": "train", "fraction": 0.5}})  # other images
    unfinished = board.run(EPOCHS[1], dataset=name)
    with board.database.write() as session:
        session.get_one(Run, unfinished).status = "running"

    image = sample(board, here, 1)

    assert image["others"] == [
        {"run": other, "name": "other", "epoch": 1, "predicted": "ankle boot", "confidence": 0.75}
    ]
    assert image["others_total"] == 2, "the run that validates on training images was not scored on this one"


def test_a_run_that_validates_on_training_images_counts_them_in_the_stored_split(board: ComparedBoard) -> None:
    run = board.run([0, 1, 2], dataset={"name": "digits", "validation": {"from": "train", "fraction": 0.5}})
    listed = board.get(f"/api/runs/{run}/samples", kind="all")["items"]

    images = [sample(board, run, item["index"]) for item in listed]

    assert [(image["index"], image["true"], image["stored_split"]) for image in images] == [
        (item["index"], item["true"], "train") for item in listed
    ]
    inside = {item["index"] for item in listed}
    detail = board.refused(f"/api/runs/{run}/samples/{min({*range(6)} - inside)}", 404)["detail"]
    assert "its 3 validation images are from" in detail


def test_an_image_that_is_not_there_is_refused(board: ComparedBoard, run: str) -> None:
    detail = board.refused(f"/api/runs/{run}/samples/6", 404)["detail"]

    assert "has no validation image 6: its 6 validation images are from 0 to 5" in detail
    assert "has no separate split 'test'" in board.refused(f"/api/runs/{run}/samples/1", 404, split="test")["detail"]
    board.refused(f"/api/runs/{run}/samples/-1", 422)
    board.refused(f"/api/runs/{run}/samples/99999999999", 422)
    board.refused("/api/runs/nowhere/samples/1", 404)


def test_a_run_without_predictions_is_refused_with_the_reason(board: ComparedBoard) -> None:
    run = board.run([2, 2, 2, 2, 2, 1])
    for file in (board.data_dir / f"runs/{run}/e1").glob("*.npz"):
        file.unlink()

    assert "can't be read" in board.refused(f"/api/runs/{run}/samples/1", 404)["detail"]


def test_a_run_of_one_epoch_whose_outputs_are_nan_has_a_story_without_confidence(board: ComparedBoard) -> None:
    run = board.run(EPOCHS[0], confidence=[math.nan] * 6)

    image = sample(board, run, 1)

    assert image["story"]["confidence"] == [None]
    assert (image["story"]["learnt"], image["story"]["flips"], image["top"]) == ([], 0, [])


def test_a_run_whose_metric_was_always_nan_has_no_best_answer(board: ComparedBoard) -> None:
    run = board.run(EPOCHS[0])
    with board.database.write() as session:
        session.get_one(Run, run).best = None

    image = sample(board, run, 1)

    assert (image["epoch"], image["top"], image["mistakes"]) == (None, [], None)
    assert image["story"]["predicted"] == ["bag"]


NAMES = ["<script>alert(1)</script>", "say \"quoted\" & 'so'", "\u202eطبق" + "x" * 195]


def test_class_names_are_returned_as_they_are(board: ComparedBoard) -> None:
    board.dataset("names", [0, 0, 1, 1, 2, 2], NAMES)
    run = board.run([0, 1, 1, 2, 2, 0], dataset={"name": "names"})

    assert [sample(board, run, index)["true"] for index in (0, 2, 4)] == NAMES


@pytest.mark.parametrize(
    ("predicted", "expected"),
    [
        ([1, 1, 1], Changes([1], [], 0)),
        ([0, 0, 0], Changes([], [], 0)),
        ([0, 1, 0, 1], Changes([2, 4], [3], 3)),
        ([0, 2, 0], Changes([], [], 2)),
    ],
)
def test_changes_of_an_image_of_class_1(predicted: list[int], expected: Changes) -> None:
    assert changes(range(1, len(predicted) + 1), predicted, true=1) == expected
