"""`GET /api/datasets/{name}/suspects`: labels that are probably wrong."""

import csv
import io
from typing import Any

import numpy as np
import pytest

from backend.db.models import Evaluation
from backend.labels import judges
from tests.support.runs.compared import ComparedBoard
from tests.support.runs.judged import judging_run

LABELS = [0, 0, 0, 1, 1, 1, 2, 2, 2]


def dataset(board: ComparedBoard, name: str, classes: tuple[str, ...] = ("boot", "bag", "coat")) -> dict[str, Any]:
    """Writes a dataset of nine images and returns the part of a spec that names it."""
    board.dataset(name, LABELS, classes)
    return {"dataset": {"name": name}}


def test_the_most_suspect_label_comes_first_with_what_each_run_says(board: ComparedBoard) -> None:
    shoes = dataset(board, "shoes")
    first = judging_run(board, [0, 0, 1, 1, 1, 1, 2, 2, 0], {2: 0.97, 8: 0.92}, name="first", **shoes)
    second = judging_run(board, [0, 0, 1, 1, 1, 1, 2, 2, 2], {2: 0.95}, name="second", **shoes)

    found = board.get("/api/datasets/shoes/suspects", runs=f"{first},{second}")

    assert [(item["index"], item["label"], item["suggested"]) for item in found["items"]] == [(2, "boot", "bag")]
    item = found["items"][0]
    assert item["score"] == 0.02
    assert item["image"] == "/api/datasets/shoes/images/test/2.png"
    assert item["runs"] == [
        {"run": first, "predicted": "bag", "confidence": 0.97, "label_probability": 0.015},
        {"run": second, "predicted": "bag", "confidence": 0.95, "label_probability": 0.025},
    ]
    assert item["decision"] is None
    assert (found["total"], found["images"], found["in_sample"], found["left_out"]) == (1, 9, False, [])
    assert found["usual"] == {"bag": 0.9, "boot": 0.6067}
    assert [image["index"] for image in found["typical"]["bag"]] == [3, 4, 5]


def test_without_names_the_runs_on_the_dataset_judge(board: ComparedBoard) -> None:
    bags = dataset(board, "bags")
    run_id = judging_run(board, [0, 0, 0, 1, 1, 1, 2, 2, 0], name="only", **bags)

    found = board.get("/api/datasets/bags/suspects")

    assert found["runs"] == [{"id": run_id, "name": "only", "epoch": 1}]
    assert [item["index"] for item in found["items"]] == [8]


def test_so_many_runs_judge_as_can_be_read_in_time(board: ComparedBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judges, "MAX_VALUES", 2 * 9 * 3)
    gloves = dataset(board, "gloves")
    runs = [judging_run(board, [0, 0, 0, 1, 1, 1, 2, 2, 0], name=f"run {number}", **gloves) for number in range(3)]

    found = board.get("/api/datasets/gloves/suspects", runs=",".join(runs))

    assert [run["id"] for run in found["runs"]] == runs[:2]
    assert found["left_out"] == [{"id": runs[2], "name": "run 2", "reason": judges.TOO_MANY}]


def test_pages_follow_each_other(board: ComparedBoard) -> None:
    coats = dataset(board, "coats")
    judging_run(board, [1, 0, 0, 2, 1, 1, 0, 2, 2], {0: 0.95, 3: 0.93, 6: 0.91}, **coats)

    first = board.get("/api/datasets/coats/suspects", limit=2)
    second = board.get("/api/datasets/coats/suspects", limit=2, cursor=first["next_cursor"])

    assert [item["index"] for item in first["items"] + second["items"]] == [0, 3, 6]
    assert second["next_cursor"] is None
    board.refused("/api/datasets/coats/suspects", 422, limit=2, cursor="c" + first["next_cursor"])


def test_runs_that_cannot_judge_are_named_with_the_reason(board: ComparedBoard) -> None:
    hats, caps = dataset(board, "hats"), dataset(board, "caps")
    judge = judging_run(board, LABELS, name="judge", **hats)
    elsewhere = judging_run(board, LABELS, name="elsewhere", **caps)
    without_probabilities = board.run(LABELS, name="unsaved", **hats)

    found = board.get("/api/datasets/hats/suspects", runs=f"{judge},{elsewhere},{without_probabilities}")

    assert [run["name"] for run in found["runs"]] == ["judge"]
    assert [(run["name"], run["reason"]) for run in found["left_out"]] == [
        ("elsewhere", "It was trained on version 1 of 'caps', whose images or labels differ from version 1 of 'hats'."),
        ("unsaved", "Run 'unsaved' has no probabilities: it has no best epoch yet; it is finished."),
    ]
    board.refused("/api/datasets/hats/suspects", 404, runs="no-such-run")
    board.refused("/api/datasets/no-such-dataset/suspects", 404)


def test_runs_with_other_validation_images_judge_together(board: ComparedBoard) -> None:
    labels = [0, 1, 2] * 20
    board.dataset("mixed", labels, ("boot", "bag", "coat"))
    held_back = {"name": "mixed", "validation": {"from": "train", "fraction": 0.2}}
    for seed in (0, 1):
        judging_run(board, [0, 1, 2] * 4, dataset=held_back, seed=seed)
    judging_run(board, labels, dataset={"name": "mixed"})

    found = board.get("/api/datasets/mixed/suspects", limit=200)

    assert len(found["runs"]) == 3
    assert 60 + 12 < found["images"] <= 60 + 24  # the test split, and what the other two held back of train
    assert {item["split"] for item in found["items"]} == {"train"}
    assert {len(item["runs"]) for item in found["items"]} <= {1, 2}


def test_a_class_without_images_is_never_suggested(board: ComparedBoard) -> None:
    board.dataset("gap", [0, 0, 1, 1], ("boot", "bag", "coat"))
    judging_run(board, [0, 2, 1, 0], dataset={"name": "gap"})

    found = board.get("/api/datasets/gap/suspects")

    assert [(item["index"], item["suggested"]) for item in found["items"]] == [(3, "boot")]
    assert found["typical"].keys() == {"bag", "boot"}


def test_the_csv_has_no_cell_that_a_spreadsheet_computes(board: ComparedBoard) -> None:
    classes = ("=SUM(A1)", '<b>"quoted", shoes</b>', "حذاء\u200f" + "x" * 190)
    names = dataset(board, "names", classes)
    judging_run(board, [1, 0, 0, 0, 1, 1, 1, 2, 2], {0: 0.95, 3: 0.92, 6: 0.91}, **names)

    response = board.client.get("/api/datasets/names/suspects.csv")

    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert response.headers["content-type"].startswith("text/csv")
    assert [(row["label"], row["suggested"]) for row in rows] == [
        ("'=SUM(A1)", '<b>"quoted", shoes</b>'),
        ('<b>"quoted", shoes</b>', "'=SUM(A1)"),
        (classes[2], '<b>"quoted", shoes</b>'),
    ]
    assert (rows[0]["split"], rows[0]["index"], rows[0]["runs_that_differ"], rows[0]["decision"]) == (
        "test",
        "0",
        "1",
        "",
    )


def test_training_images_are_judged_once_they_were_predicted_and_the_answer_says_so(board: ComparedBoard) -> None:
    gowns = dataset(board, "gowns")
    run_id = judging_run(board, LABELS, **gowns)
    before = board.get("/api/datasets/gowns/suspects", split="train")
    folder = board.data_dir / f"runs/{run_id}/evaluations/claim"
    folder.mkdir(parents=True)
    probabilities = np.full((9, 3), 0.05, np.float16)
    probabilities[range(9), [0, 0, 0, 1, 1, 1, 2, 0, 2]] = 0.9
    np.save(folder / "probabilities-train.npy", probabilities)
    np.save(folder / "positions-train.npy", np.arange(9))
    ready = {"status": "ready", "claim": "claim", "epoch": 1, "result": {"stored_splits": {"train": "train"}}}
    with board.database.write() as session:
        row = Evaluation(run_id=run_id, kind="training_predictions", of_sha256="0", touched_at=0.0, created_at=0.0)
        for name, value in ready.items():
            setattr(row, name, value)
        session.add(row)

    found = board.get("/api/datasets/gowns/suspects", split="train")

    assert (before["runs"], before["left_out"][0]["id"]) == ([], run_id)
    assert found["in_sample"] is True
    assert [(item["split"], item["index"], item["suggested"]) for item in found["items"]] == [("train", 7, "boot")]
