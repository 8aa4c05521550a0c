"""`GET /api/runs/{run_id}/mistakes`: matrix, report, images and slices of one epoch in one answer."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.support.runs.compared import ComparedBoard

LABELS = [0, 0, 1, 1, 2, 2]
EPOCHS = [[1, 1, 1, 1, 1, 1], [0, 1, 1, 0, 2, 0]]
PIXELS = np.arange(6 * 8 * 8, dtype=np.uint8).reshape(6, 8, 8, 1)


@pytest.fixture(scope="module")
def run(board: ComparedBoard) -> str:
    """Two epochs, of which the second is the best: images 1, 3 and 5 are wrong."""
    board.dataset("shades", LABELS, images=PIXELS)
    return board.run(EPOCHS, [{"val_accuracy": 0.3}, {"val_accuracy": 0.5}], dataset={"name": "shades"})


def pixels_of(data_url: str) -> Any:
    head, content = data_url.split(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))


@pytest.mark.parametrize("epoch", ["best", "1"])
def test_all_parts_are_those_of_the_epoch(board: ComparedBoard, run: str, epoch: str) -> None:
    base = f"/api/runs/{run}"
    read = board.get(f"{base}/mistakes", epoch=epoch, order="confidence", limit=2, slices="true")

    matrix = {name: value for name, value in read["matrix"].items() if value is not None}
    assert matrix == board.get(f"{base}/confusion-matrix", epoch=epoch, cells="nonzero")
    assert read["report"] == board.get(f"{base}/report", epoch=epoch)
    assert read["samples"] == board.get(f"{base}/samples", epoch=epoch, order="confidence", limit=2)
    assert read["slices"] == board.get(f"{base}/slices", epoch=epoch)


def test_slices_are_computed_only_on_request(board: ComparedBoard, run: str) -> None:
    assert board.get(f"/api/runs/{run}/mistakes")["slices"] is None


def test_the_images_may_be_those_of_a_cell_and_of_a_slice(board: ComparedBoard, run: str) -> None:
    of_cell = board.get(f"/api/runs/{run}/mistakes", true="coat", predicted="ankle boot")
    of_slice = board.get(f"/api/runs/{run}/mistakes", slice="class:1")

    assert [item["index"] for item in of_cell["samples"]["items"]] == [5]
    assert [item["index"] for item in of_slice["samples"]["items"]] == [3]
    board.refused(f"/api/runs/{run}/mistakes", 422, slice="taste:1")


def test_a_cursor_of_the_samples_goes_on(board: ComparedBoard, run: str) -> None:
    query = {"order": "confidence", "limit": 2, "inline": "true"}
    first = board.get(f"/api/runs/{run}/mistakes", **query)["samples"]

    rest = board.get(f"/api/runs/{run}/samples", **query, cursor=first["next_cursor"])

    assert sorted(item["index"] for item in first["items"] + rest["items"]) == [1, 3, 5]


def test_inline_images_are_the_stored_pixels(board: ComparedBoard, run: str) -> None:
    items = board.get(f"/api/runs/{run}/samples", inline="true")["items"]

    assert {item["index"] for item in items} == {1, 3, 5}
    for item in items:
        assert np.array_equal(pixels_of(item["image"]), PIXELS[item["index"], :, :, 0])


def test_a_page_of_too_many_pixels_has_addresses(board: ComparedBoard) -> None:
    board.dataset("large", LABELS, images=np.zeros((6, 256, 256, 1), np.uint8))
    run = board.run([1, 1, 0, 0, 0, 0], dataset={"name": "large"})

    few = board.get(f"/api/runs/{run}/samples", inline="true", limit=4)["items"]
    many = board.get(f"/api/runs/{run}/samples", inline="true", limit=5)["items"]

    assert [item["image"].startswith("data:") for item in few] == [True] * 4
    assert [item["image"] for item in many] == [f"/api/datasets/large/images/test/{item['index']}.png" for item in many]
    assert len(many) == 5
