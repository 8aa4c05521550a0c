"""The analysis over HTTP, on a board whose rows and files are written by the test."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from backend.application import create_app
from backend.datasets import images, registry, store
from backend.db.engine import Database, open_database
from backend.db.models import Epoch
from backend.runs import stored_predictions
from backend.runs.create import queue_new_run
from backend.runs.read import get_run
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite

CLASSES = ["0", "one", "t-shirt/top"]
TRUE = [0, 0, 0, 1, 1, 2, 2, 2]
PREDICTED = {1: [0, 1, 1, 1, 0, 2, 0, 0], 2: [0, 0, 1, 1, 1, 2, 2, 0], 3: [0, 1, 1, 1, 1, 2, 2, 0]}
BEST, LAST = 2, 3
RUN = "0123456789abcdef"


@dataclass(frozen=True)
class Fixture:
    client: TestClient
    database: Database
    data_dir: Path
    run: str

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(f"/api/runs/{self.run}/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path: str, status: int, **query: Any) -> Any:
        answer = self.client.get(f"/api/runs/{self.run}/{path}", params=query)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.json()


@pytest.fixture
def board(settings: Settings) -> Iterator[Fixture]:
    """Three epochs of a run on 8 test images of 2 × 2 pixels; the second epoch is the best."""
    create_sqlite(settings)
    database = open_database(settings)
    write_dataset(database, settings.data_dir)
    run = write_run(database, settings.data_dir)
    yield Fixture(DocumentedClient(create_app(settings)), database, settings.data_dir, run)
    database.engine.dispose()


def write_dataset(database: Database, data_dir: Path) -> None:
    images = np.arange(8 * 4, dtype=np.uint8).reshape(8, 2, 2, 1)
    labels = np.array(TRUE, np.uint8)
    folder, manifest = store.write(
        data_dir / "datasets", "digits", CLASSES, {"train": (images[:3], labels[:3]), "test": (images, labels)}
    )
    with database.write() as session:
        registry.register(session, "digits", str(folder.relative_to(data_dir)), manifest.as_json())


def write_run(database: Database, data_dir: Path) -> str:
    files = {epoch: write_predictions(data_dir, RUN, epoch, predicted) for epoch, predicted in PREDICTED.items()}
    with database.write() as session:
        run, _ = queue_new_run(session, RunCreate(recipe="digits-quick"), run_id=RUN)
        for epoch, (path, digest) in files.items():
            metrics = {"loss": 1 / epoch, "val_loss": None if epoch == 1 else 1.0, "accuracy": 0.5}
            file = {"predictions": path, "predictions_sha256": digest}
            session.add(Epoch(run_id=run.id, epoch=epoch, metrics=metrics, **file))
        run.status, run.epoch = "running", LAST
        run.best = {"epoch": BEST, "monitor": "val_loss", "value": 1.0, "metrics": {}}
        return run.id


def write_predictions(data_dir: Path, run: str, epoch: int, predicted: list[int]) -> tuple[str, str]:
    path = f"runs/{run}/e1/predictions-{epoch}-validation.npz"
    (data_dir / path).parent.mkdir(parents=True, exist_ok=True)
    confidence = np.linspace(0.9, 0.2, len(predicted)).astype(np.float16)
    np.savez(
        data_dir / path,
        predicted=np.array(predicted, np.uint8),
        second=np.array([(value + 1) % 3 for value in predicted], np.uint8),
        confidence=confidence,
        second_confidence=confidence / 4,
    )
    return path, hashlib.sha256((data_dir / path).read_bytes()).hexdigest()


def test_the_matrix_of_the_best_epoch_holds_counts(board: Fixture) -> None:
    assert board.get("confusion-matrix") == {
        "epoch": BEST,
        "split": "validation",
        "classes": CLASSES,
        "matrix": [[2, 1, 0], [0, 2, 0], [1, 0, 2]],
    }


def test_the_matrix_normalized_by_true_class_holds_shares(board: Fixture) -> None:
    matrix = board.get("confusion-matrix", normalize="true", epoch="last")["matrix"]
    assert matrix == [[1 / 3, 2 / 3, 0.0], [0.0, 1.0, 0.0], [1 / 3, 0.0, 2 / 3]]


@pytest.mark.parametrize(("query", "epoch"), [("best", 2), ("last", 3), ("1", 1), (3, 3)])
def test_an_epoch_is_best_last_or_a_number(board: Fixture, query: str | int, epoch: int) -> None:
    assert board.get("report", epoch=query)["epoch"] == epoch


def test_the_report(board: Fixture) -> None:
    report = board.get("report", epoch=3)
    assert list(report) == [
        *("epoch", "split", "accuracy", "interval", "baseline_accuracy", "classes", "macro", "macro_f1_interval"),
        "weighted",
    ]
    assert (report["accuracy"], report["baseline_accuracy"]) == (5 / 8, 3 / 8)
    assert report["interval"] == pytest.approx([0.306, 0.863], abs=1e-3)
    assert report["classes"][1] == {
        "name": "one", "precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 2,
    }  # fmt: skip
    assert report["macro"]["support"] == report["weighted"]["support"] == 8


def test_misclassified_samples_have_class_names_and_an_image(board: Fixture) -> None:
    page = board.get("samples", order="confidence")
    assert (page["epoch"], page["split"], page["total"], page["next_cursor"]) == (BEST, "validation", 2, None)
    assert page["items"] == [
        {
            "index": 2, "true": "0", "predicted": "one", "confidence": 0.7, "second": "t-shirt/top",
            "second_confidence": 0.175, "image": "/api/datasets/digits/images/test/2.png",
        },
        {
            "index": 7, "true": "t-shirt/top", "predicted": "0", "confidence": 0.2, "second": "one",
            "second_confidence": 0.05, "image": "/api/datasets/digits/images/test/7.png",
        },
    ]  # fmt: skip
    assert board.client.get(page["items"][0]["image"]).status_code == 200


def test_a_cell_of_the_matrix_opens_its_samples(board: Fixture) -> None:
    page = board.get("samples", kind="all", true="t-shirt/top", predicted="0", epoch=1)
    assert sorted(item["index"] for item in page["items"]) == [6, 7]


@pytest.mark.parametrize("order", ["random", "confidence"])
@pytest.mark.parametrize("limit", [1, 3, 8])
def test_paging_through_gives_each_sample_once(board: Fixture, order: str, limit: int) -> None:
    seen: list[int] = []
    cursor: dict[str, str] = {}
    while len(seen) < 8:
        page = board.get("samples", kind="all", order=order, seed=4, limit=limit, **cursor)
        assert page["total"] == 8
        seen += [item["index"] for item in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(seen) == list(range(8))
    assert cursor == {"cursor": None}
    assert seen == [item["index"] for item in board.get("samples", kind="all", order=order, seed=4)["items"]]


def test_the_pages_of_a_list_stay_with_their_epoch(board: Fixture) -> None:
    first = board.get("samples", kind="all", limit=4)
    with board.database.write() as session:
        get_run(session, board.run).best = {"epoch": 3, "monitor": "val_loss", "value": 0.5, "metrics": {}}
    second = board.get("samples", kind="all", limit=4, cursor=first["next_cursor"])
    assert (first["epoch"], second["epoch"]) == (2, 2)
    assert {item["index"] for item in first["items"] + second["items"]} == set(range(8))


@pytest.mark.parametrize("query", [{"seed": 5}, {"kind": "correct"}, {"true": "one"}, {"epoch": 3}])
def test_a_cursor_of_another_query_is_refused(board: Fixture, query: dict[str, Any]) -> None:
    cursor = board.get("samples", kind="all", limit=2)["next_cursor"]
    problem = board.refused("samples", 422, **{"kind": "all", "cursor": cursor, **query})
    assert problem["errors"][0]["loc"] == ["query", "cursor"]


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsLTEsMF0", "é", "bnVsbA"])
def test_a_malformed_cursor_is_refused(board: Fixture, cursor: str) -> None:
    assert board.refused("samples", 422, cursor=cursor)["errors"][0]["loc"] == ["query", "cursor"]


@pytest.mark.parametrize("field", ["true", "predicted"])
def test_an_unknown_class_is_refused_with_the_known_ones(board: Fixture, field: str) -> None:
    error = board.refused("samples", 422, **{field: "boot"})["errors"][0]
    assert error["loc"] == ["query", field]
    assert error["msg"] == "there is no class 'boot'; the classes are 0, one, t-shirt/top"


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("samples", {"kind": "wrong"}, "kind"),
        ("samples", {"order": "index"}, "order"),
        ("samples", {"seed": -1}, "seed"),
        ("samples", {"limit": 0}, "limit"),
        ("samples", {"limit": 201}, "limit"),
        ("samples", {"predictd": "0"}, "predictd"),
        ("confusion-matrix", {"normalize": "rows"}, "normalize"),
        ("report", {"epoch": "first"}, "epoch"),
        ("report", {"split": "train"}, "split"),
    ],
)
def test_a_bad_query_names_its_field(board: Fixture, path: str, query: dict[str, Any], field: str) -> None:
    problem = board.refused(path, 422, **query)
    assert [error["loc"] for error in problem["errors"]] == [["query", field]]


@pytest.mark.parametrize("path", ["confusion-matrix", "report", "samples", "figures/confusion-matrix"])
@pytest.mark.parametrize("epoch", [0, 4, -1, 10**8])
def test_a_missing_epoch_is_404_and_names_the_existing_ones(board: Fixture, path: str, epoch: int) -> None:
    assert f"no epoch {epoch}; it has epochs 1 to 3." in board.refused(path, 404, epoch=epoch)["detail"]


@pytest.mark.parametrize("path", ["confusion-matrix", "report", "samples", "figures/confusion-matrix"])
def test_a_run_that_validates_on_test_images_has_no_test_split(board: Fixture, path: str) -> None:
    assert "validates on the test images" in board.refused(path, 404, split="test")["detail"]


@pytest.mark.parametrize("path", ["confusion-matrix", "report", "samples", "figures/confusion-matrix"])
@pytest.mark.parametrize("epoch", ["best", "last", "1"])
def test_a_run_without_an_epoch_says_so(board: Fixture, path: str, epoch: str) -> None:
    with board.database.write() as session:
        queued, _ = queue_new_run(session, RunCreate(recipe="digits-quick"))
    answer = board.client.get(f"/api/runs/{queued.id}/{path}", params={"epoch": epoch})
    assert answer.status_code == 404
    assert answer.json()["detail"] == "Run 'digits-quick' has no finished epoch yet; it is queued."


def test_the_curves_of_a_run_without_an_epoch_are_empty(board: Fixture) -> None:
    with board.database.write() as session:
        queued, _ = queue_new_run(session, RunCreate(recipe="digits-quick"))
    answer = board.client.get(f"/api/runs/{queued.id}/figures/curves")
    assert (answer.status_code, answer.json()["data"]) == (200, [])


def test_a_run_without_a_best_epoch_has_a_last_one(board: Fixture) -> None:
    with board.database.write() as session:
        get_run(session, board.run).best = None
    assert "has no best epoch" in board.refused("report", 404)["detail"]
    assert board.get("report", epoch="last")["epoch"] == LAST


def test_a_missing_or_damaged_file_is_explained(board: Fixture) -> None:
    path = f"runs/{board.run}/e1/predictions-{{}}-validation.npz"
    (board.data_dir / path.format(1)).unlink()
    (board.data_dir / path.format(2)).write_bytes(b"not what was saved")
    assert board.refused("report", 404, epoch=1)["detail"] == (
        f"The predictions of epoch 1 can't be read: {path.format(1)} below the data dir: No such file or directory."
    )
    assert "differs from the stored one" in board.refused("report", 404, epoch=2)["detail"]


def test_a_path_outside_the_data_dir_is_not_read(board: Fixture) -> None:
    with board.database.write() as session:
        row = session.get(Epoch, (board.run, 1))
        assert row is not None
        row.predictions = "../../etc/hostname"
    assert "outside the data dir" in board.refused("report", 404, epoch=1)["detail"]


def test_figures_are_plotly_json_without_packed_arrays(board: Fixture) -> None:
    curves, heatmap = board.get("figures/curves"), board.get("figures/confusion-matrix", epoch=1, normalize="pred")
    assert "bdata" not in json.dumps([curves, heatmap])
    assert curves["data"][1] == {
        **curves["data"][1], "name": "validation loss", "x": [1, 2, 3], "y": [None, 1.0, 1.0],
    }  # fmt: skip
    assert heatmap["data"][0]["z"][2][2] == 1.0
    assert board.refused("figures/roc", 404)["detail"] == (
        "There is no figure 'roc'; the figures are curves and confusion-matrix."
    )


@pytest.mark.parametrize("path", ["samples", "report", "confusion-matrix", "figures/confusion-matrix"])
def test_predictions_that_are_replaced_before_they_are_opened_are_the_newer_ones(
    board: Fixture, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a trainer does that goes back to an earlier epoch and trains it again under another lease."""
    before_opening, open_dataset = iter([True]), images.open_dataset
    expected = board.get(path, epoch="1")

    def open_after_another_attempt(*arguments: Any) -> Any:
        if next(before_opening, False):
            again = write_predictions(board.data_dir, f"{board.run}/again", 2, PREDICTED[1])
            with board.database.write() as session:
                row = session.get_one(Epoch, (board.run, BEST))
                old, row.predictions, row.predictions_sha256 = row.predictions, *again
            (board.data_dir / old).unlink()
        return open_dataset(*arguments)

    monkeypatch.setattr(stored_predictions, "open_dataset", open_after_another_attempt)

    assert {**board.get(path, epoch="best"), "epoch": 1} == {**expected, "epoch": 1}
