"""The calibration of a run over HTTP, on rows and files that the test writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from backend.application import create_app
from backend.db.engine import open_database
from backend.db.models import Run
from backend.settings import Settings
from tests.support.runs.compared import StoredRuns
from tests.support.runs.predictions import too_sure
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite

EPOCHS = 2  # the last one is the best


@dataclass(frozen=True)
class Board(StoredRuns):
    client: DocumentedClient

    def write(self, labels: list[int], probabilities: npt.NDArray[Any]) -> str:
        self.dataset("digits", labels, ["a", "<b>", "c"])
        predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
        metrics = [{"val_accuracy": 0.5}] * EPOCHS
        return self.run(predicted, metrics, confidence.tolist(), probabilities=probabilities)

    def calibration(self, run: str, status: int = 200, **query: Any) -> Any:
        answer = self.client.get(f"/api/runs/{run}/calibration", params=query)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def board(settings: Settings) -> Iterator[Board]:
    create_sqlite(settings)
    database = open_database(settings)
    yield Board(database, settings.data_dir, DocumentedClient(create_app(settings)))
    database.engine.dispose()


@pytest.fixture
def run(board: Board) -> str:
    return board.write(*too_sure(300, 3))


def test_the_best_epoch_is_calibrated_as_trained_and_scaled(board: Board, run: str) -> None:
    result = board.calibration(run)

    assert (result["epoch"], result["split"], result["n"], len(result["bins"])) == (2, "validation", 300, 15)
    assert result["temperature"]["value"] == pytest.approx(1.6, rel=0.3)
    assert result["temperature"]["ece"] < result["ece"]
    assert result["interval"][0] < result["accuracy"] < result["interval"][1]
    assert result["temperature"]["answering"]["answered"][0] == result["answering"]["answered"][0] == 300


def test_another_epoch_has_no_temperature_since_only_two_probabilities_are_kept(board: Board, run: str) -> None:
    assert board.calibration(run, epoch=1, bins=4)["temperature"] is None


def test_damaged_probabilities_leave_the_calibration_as_trained(board: Board, run: str) -> None:
    next((board.data_dir / "runs" / run).rglob("*probabilities.npy")).write_bytes(b"damaged")
    assert board.calibration(run)["temperature"] is None


def test_images_without_a_confidence_are_left_out_and_counted(board: Board) -> None:
    labels, probabilities = too_sure(30, 3)
    probabilities[:5] = np.nan
    result = board.calibration(board.write(labels, probabilities))
    assert (result["n"], result["not_a_number"], result["temperature"]) == (25, 5, None)


def test_an_epoch_of_nan_has_no_calibration(board: Board) -> None:
    run = board.write([0, 1], np.full((2, 3), np.nan, np.float32))
    assert "all NaN" in board.calibration(run, 404, epoch="last")["detail"]


def test_a_run_whose_metric_was_always_nan_has_no_best_epoch(board: Board, run: str) -> None:
    with board.database.write() as session:
        session.get_one(Run, run).best = None
    assert "always NaN" in board.calibration(run, 404)["detail"]
    assert board.calibration(run, epoch="last")["n"] == 300


def test_an_epoch_and_a_number_of_bins_that_are_not_allowed(board: Board, run: str) -> None:
    assert "it has epochs 1 to 2" in board.calibration(run, 404, epoch=3)["detail"]
    for bins in (1, 101, "many"):
        assert board.calibration(run, 422, bins=bins)["errors"][0]["loc"] == ["query", "bins"]


def test_classes_without_an_image_and_a_single_image(board: Board) -> None:
    result = board.calibration(board.write([2], np.array([[0.2, 0.3, 0.5]], np.float32)))
    assert (result["n"], result["accuracy"]) == (1, 1.0)
    assert result["ece"] == pytest.approx(0.5)
