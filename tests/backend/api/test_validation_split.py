"""Runs on a dataset with a validation split: what they are scored on, and a class that is absent from a split."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.datasets.derivation import origins
from backend.datasets.store import StoredDataset
from backend.db.models import Dataset
from tests.support.runs.boards import board_in
from tests.support.runs.compared import SPEC, ComparedBoard
from tests.support.runs.judged import judging_run
from worker.datasets import image_checks
from worker.datasets.versions import write_version

CLASSES = ("boot", "bag", "coat", "owl")
TRAIN, VALIDATION = [0, 0, 1, 1, 2, 2, 3, 3], [0, 0, 1, 2, 2, 1]  # owl is absent from validation
PREDICTED = [0, 1, 1, 2, 2, 3]
FROM_VALIDATION: dict[str, Any] = {"dataset": {"name": "birds", "validation": {"from": "validation"}}}
ALL_METRICS = {"val_accuracy": 4 / 6, "val_loss": 1.0, "loss": 0.5, "accuracy": 0.8, "seconds": 2.0}
ANALYSES = (
    "confusion-matrix", "confusion-matrix?normalize=true", "confusion-matrix?normalize=pred", "report", "samples",
    "confused-pairs", "classes/3", "classes/2", "calibration", "slices", "diagnosis", "figures/confusion-matrix",
    "samples/5", "report.html", "model-card.md", "metrics",
)  # fmt: skip


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComparedBoard]:
    images = np.random.default_rng(0).integers(0, 255, (8, 8, 8, 1)).astype(np.uint8)
    with board_in(tmp_path_factory.mktemp("three-splits")) as board:
        board.dataset("birds", TRAIN, CLASSES, images, VALIDATION)
        yield board


@pytest.fixture(scope="module")
def run(board: ComparedBoard) -> str:
    return judging_run(board, PREDICTED, classes=4, metrics=[ALL_METRICS], **FROM_VALIDATION)


def test_a_run_is_scored_on_the_images_of_the_split(board: ComparedBoard, run: str) -> None:
    report = board.get(f"/api/runs/{run}/report")
    wrong = board.get(f"/api/runs/{run}/samples", order="confidence")["items"]

    assert (report["split"], report["accuracy"]) == ("validation", 4 / 6)
    assert [item["image"] for item in wrong] == [
        f"/api/datasets/birds/images/validation/{index}.png" for index in (1, 5)
    ]
    assert board.get(f"/api/runs/{run}/samples/1")["stored_split"] == "validation"


def test_a_class_without_a_validation_image_has_support_0_and_no_share_in_macro_f1(
    board: ComparedBoard, run: str
) -> None:
    report = board.get(f"/api/runs/{run}/report")

    assert [row["support"] for row in report["classes"]] == [2, 2, 2, 0]
    assert report["macro"]["f1"] == pytest.approx((2 / 3 + 1 / 2 + 1 + 0) / 4)  # owl is predicted once


@pytest.mark.parametrize("path", ANALYSES)
def test_no_analysis_of_it_fails_or_has_a_nan(board: ComparedBoard, run: str, path: str) -> None:
    answer = board.client.get(f"/api/runs/{run}/{path}")

    assert answer.status_code == 200, answer.text
    assert not re.search(r"\bnan\b", answer.text, re.IGNORECASE)


def test_runs_that_validate_on_other_splits_are_not_compared_image_by_image(board: ComparedBoard, run: str) -> None:
    other = board.run([0, 0, 1, 1, 2, 2, 3, 3], dataset={"name": "birds"})
    same = board.run([0, 0, 1, 1, 2, 2], **FROM_VALIDATION)

    unlike = board.get("/api/compare", runs=f"{run},{other}")
    alike = board.get("/api/compare", runs=f"{run},{same}")

    assert unlike["pair"] is None
    assert "were validated on images of other splits, validation and test" in unlike["pair_reason"]
    assert alike["pair"]["n"] == 6
    assert [run["result"]["images"] for run in alike["runs"]] == [6, 6]


def test_the_test_split_is_there_once_the_best_model_was_scored_on_it(board: ComparedBoard, run: str) -> None:
    detail = board.refused(f"/api/runs/{run}/report", 404, split="test")["detail"]

    assert "has no test predictions yet" in detail


def test_a_spec_may_validate_on_the_split_only_where_the_dataset_has_it(board: ComparedBoard) -> None:
    def checked(name: str) -> Any:
        spec = {**SPEC, "dataset": {"name": name, "validation": {"from": "validation"}}}
        return board.client.post("/api/specs/check", json=spec).json()

    good, bad = checked("birds"), checked("digits")

    assert (good["ok"], good["train_images"], good["validation_images"]) == (True, 8, 6)
    assert [(notice["loc"], notice["msg"]) for notice in good["warnings"] if "owl" in notice["msg"]] == [
        (["dataset", "validation"], "owl has no validation images")
    ]
    (error,) = bad["errors"]
    assert error["loc"] == ["dataset", "validation", "from"]
    assert error["msg"].startswith("dataset 'digits' has no validation split: it has train and test; validate on")


def test_its_images_are_shown_and_downloaded(board: ComparedBoard) -> None:
    page = board.get("/api/datasets/birds/images", split="validation", limit=2)
    arrays = np.load(io.BytesIO(board.client.get("/api/datasets/birds/arrays.npz").content))

    assert (page["total"], board.client.get(page["items"][0]["image"]).status_code) == (6, 200)
    assert arrays["validation_labels"].tolist() == VALIDATION
    assert list(board.get("/api/datasets/birds")["counts"]) == ["train", "validation", "test"]


def test_a_version_keeps_the_split_and_its_changes(board: ComparedBoard) -> None:
    changes = [{"split": "validation", "index": 0, "do": "leave_out"}]
    source = _folder(board, "birds")

    folder = board.data_dir / "datasets" / "second"
    write_version(source, "birds@2", {"of": "birds", "changes": changes}, folder, lambda _update: None)
    version = StoredDataset.open(folder)

    assert version.labels("validation").tolist() == VALIDATION[1:]
    assert origins(folder, version, "validation").tolist() == [1, 2, 3, 4, 5]


def test_a_decision_about_one_of_its_labels_is_kept_and_changes_the_score(board: ComparedBoard, run: str) -> None:
    decision = {"split": "validation", "index": 1, "do": "relabel", "class": "bag"}
    answer = board.client.put("/api/datasets/birds/label-decisions", json={"decisions": [decision]})

    assert answer.status_code in (200, 201), answer.text
    suspects = board.get("/api/datasets/birds/suspects", runs=run)
    assert {item["split"] for item in suspects["items"]} <= {"validation"}


def test_a_picture_in_train_and_validation_is_found_as_a_duplicate(board: ComparedBoard) -> None:
    found = image_checks.compare(StoredDataset.open(_folder(board, "birds")))

    assert ("train", 0) in found.equal[0]
    assert ("validation", 0) in found.equal[0]


def _folder(board: ComparedBoard, name: str) -> Path:
    with board.database.read() as session:
        return board.data_dir / str(session.get_one(Dataset, name).folder)
