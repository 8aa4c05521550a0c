"""Slices of a run over HTTP: the weak ones, their images, and what is missing."""

import numpy as np
import pytest

from backend.datasets.columns import Columns, number_column, text_column, write_columns
from backend.mistakes import attributes
from tests.support.runs.compared import ComparedBoard

IMAGES = 600
LABELS = np.arange(IMAGES) % 3
DARK = np.arange(IMAGES) % 5 == 0
NAMES = ["Shirt", '<b>"Coat"</b>', "Bag \u202e" + "y" * 190]


@pytest.fixture(scope="module")
def run(board: ComparedBoard) -> str:
    """A run that is wrong on two of three dark images, and on one of 30 others."""
    light = np.where(DARK, 10, 100 + np.arange(IMAGES) % 80).astype(np.uint8)
    images = np.repeat(light, 64).reshape(IMAGES, 8, 8, 1)
    board.dataset("lights", LABELS.tolist(), NAMES, images)
    wrong = np.where(DARK, np.arange(IMAGES) // 15 % 3 > 0, np.arange(IMAGES) % 30 == 1)
    return board.run(np.where(wrong, (LABELS + 1) % 3, LABELS), dataset={"name": "lights"})


def test_the_weakest_slice_is_named_and_comes_first(board: ComparedBoard, run: str) -> None:
    read = board.get(f"/api/runs/{run}/slices")

    first = read["items"][0]
    assert (first["title"], first["by"], first["key"]) == ("Very dark images", "brightness", "brightness:0")
    assert (first["n"], first["right"], first["found"]) == (120, 42, True)
    assert first["detail"].startswith("Brightness below ")
    assert first["interval"][0] < first["accuracy"] < first["interval"][1] < read["accuracy"]
    assert first["p_value"] < 1e-6
    assert len(first["images"]) == 5
    assert "corrected by Holm" in read["method"]
    assert read["compared"] > 3


def test_each_class_is_a_slice(board: ComparedBoard, run: str) -> None:
    read = board.get(f"/api/runs/{run}/slices")

    by_class = {item["position"]: item for item in read["items"] if item["by"] == "class"}
    assert [by_class[position]["value"] for position in range(3)] == NAMES
    assert sum(item["n"] for item in by_class.values()) == IMAGES


def test_a_slice_opens_its_images(board: ComparedBoard, run: str) -> None:
    samples = board.get(f"/api/runs/{run}/samples", slice="brightness:0", limit=200)
    shirts = board.get(f"/api/runs/{run}/samples", slice="class:0+brightness:0", kind="all", limit=200)

    assert samples["total"] == 78
    assert all(DARK[item["index"]] for item in samples["items"])
    assert {item["true"] for item in shirts["items"]} == {"Shirt"}
    assert shirts["total"] == 40


@pytest.mark.parametrize("key", ["", "brightness", "brightness:9", "taste:1", "class:0+class:x", "a" * 100])
def test_a_slice_that_is_not_there_is_refused(board: ComparedBoard, run: str, key: str) -> None:
    problem = board.refused(f"/api/runs/{run}/samples", 422, slice=key)

    assert problem["errors"][0]["loc"] == ["query", "slice"]
    assert "take the key of one that the run's slices list" in problem["detail"]


def test_what_a_dataset_does_not_know_is_listed(board: ComparedBoard, run: str) -> None:
    missing = {attribute["title"]: attribute["reason"] for attribute in board.get(f"/api/runs/{run}/slices")["missing"]}

    assert missing["Color"] == missing["Contrast"] == attributes.ALL_EQUAL
    assert missing["Folder"] == missing["Size of the original"] == attributes.NOT_KEPT


def test_columns_of_the_upload_make_slices(board: ComparedBoard) -> None:
    board.dataset("columns", LABELS.tolist(), NAMES)
    site = text_column("column1", "site", [["north", "south"][n % 2] for n in range(IMAGES)])
    size = number_column("size", "Size of the original", np.arange(IMAGES))
    left_out = text_column("column2", "note", [str(n) + "x" for n in range(IMAGES)])
    folder = max(board.data_dir.glob("datasets/*"), key=lambda path: path.stat().st_mtime_ns)
    positions = {split: np.arange(IMAGES) for split in ("train", "test")}
    write_columns(folder, Columns([size, site], [left_out]), positions)  # type: ignore[list-item]
    wrong = (np.arange(IMAGES) % 2 == 1) & (np.arange(IMAGES) % 3 == 0)
    run = board.run(np.where(wrong, (LABELS + 1) % 3, LABELS), dataset={"name": "columns"})

    read = board.get(f"/api/runs/{run}/slices")

    found = {item["key"]: item for item in read["items"] if item["found"]}
    assert found["column1:1"]["title"] == "site south"
    assert [attribute["key"] for attribute in read["attributes"]] == ["class", "size", "column1"]
    assert {attribute["title"] for attribute in read["missing"]} == {"Brightness", "Contrast", "Color", "note"}


def test_a_run_that_is_always_right_has_no_weak_slice(board: ComparedBoard) -> None:
    run = board.run(LABELS, dataset={"name": "lights"})

    read = board.get(f"/api/runs/{run}/slices")
    assert read["accuracy"] == 1
    assert not any(item["found"] for item in read["items"])


def test_an_epoch_that_is_not_there_is_404(board: ComparedBoard, run: str) -> None:
    assert "has no epoch 7" in board.refused(f"/api/runs/{run}/slices", 404, epoch=7)["detail"]


def test_only_the_first_images_of_a_very_large_split_are_measured(
    board: ComparedBoard, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attributes, "MAX_IMAGES", 500)

    items = board.get(f"/api/runs/{run}/slices")["items"]
    assert sum(item["n"] for item in items if item["by"] == "brightness" and item["class"] is None) == 500
