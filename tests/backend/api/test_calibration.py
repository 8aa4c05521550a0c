"""The calibration of a run over HTTP, on rows and files that the test writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.db.engine import Database, migrate, open_database
from backend.main import create_app
from backend.settings import Settings
from tests.support.documented import DocumentedClient
from tests.support.predicted_run import RUN, Probabilities, at_random, write_dataset, write_run

CLASSES = ["a", "<b>", "c"]


@dataclass(frozen=True)
class Board:
    client: DocumentedClient
    database: Database
    data_dir: Path

    def write(self, labels: list[int], epochs: dict[int, Probabilities], best: int | None = 1) -> None:
        write_dataset(self.database, self.data_dir, labels, CLASSES)
        write_run(self.database, self.data_dir, epochs, best)

    def calibration(self, status: int = 200, **query: Any) -> Any:
        answer = self.client.get(f"/api/runs/{RUN}/calibration", params=query)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def board(settings: Settings) -> Iterator[Board]:
    migrate(settings)
    database = open_database(settings)
    yield Board(DocumentedClient(create_app(settings)), database, settings.data_dir)
    database.engine.dispose()


def test_the_best_epoch_is_calibrated_as_trained_and_scaled(board: Board) -> None:
    labels, probabilities = at_random(300, 3)
    board.write(labels, {1: probabilities, 2: probabilities}, best=1)

    result = board.calibration()

    assert (result["epoch"], result["split"], result["n"], len(result["bins"])) == (1, "validation", 300, 15)
    assert result["temperature"]["value"] == pytest.approx(1.6, rel=0.3)
    assert result["temperature"]["ece"] < result["ece"]
    assert result["interval"][0] < result["accuracy"] < result["interval"][1]
    assert result["temperature"]["answering"]["answered"][0] == result["answering"]["answered"][0] == 300


def test_another_epoch_has_no_temperature_since_only_two_probabilities_are_kept(board: Board) -> None:
    labels, probabilities = at_random(30, 3)
    board.write(labels, {1: probabilities, 2: probabilities}, best=1)
    assert board.calibration(epoch=2, bins=4)["temperature"] is None


def test_damaged_probabilities_leave_the_calibration_as_trained(board: Board) -> None:
    labels, probabilities = at_random(30, 3)
    board.write(labels, {1: probabilities})
    (board.data_dir / f"runs/{RUN}/e1/probabilities-1-validation.npy").write_bytes(b"damaged")
    assert board.calibration()["temperature"] is None


def test_images_without_a_confidence_are_left_out_and_counted(board: Board) -> None:
    labels, probabilities = at_random(30, 3)
    probabilities[:5] = np.nan
    board.write(labels, {1: probabilities})
    result = board.calibration()
    assert (result["n"], result["not_a_number"], result["temperature"]) == (25, 5, None)


def test_an_epoch_of_nan_has_no_calibration(board: Board) -> None:
    board.write([0, 1], {1: np.full((2, 3), np.nan, np.float32)}, best=None)
    assert "all NaN" in board.calibration(404, epoch=1)["detail"]


def test_an_epoch_that_is_not_there_and_a_run_without_epochs(board: Board) -> None:
    board.write([0, 1], {}, best=None)
    assert "no finished epoch" in board.calibration(404)["detail"]


@pytest.mark.parametrize("bins", [1, 101, "many"])
def test_a_number_of_bins_that_is_not_allowed(board: Board, bins: object) -> None:
    labels, probabilities = at_random(10, 3)
    board.write(labels, {1: probabilities})
    assert board.calibration(422, bins=bins)["errors"][0]["loc"] == ["query", "bins"]
    assert "epoch 3" in board.calibration(404, epoch=3)["detail"]


def test_classes_without_an_image_and_a_single_image(board: Board) -> None:
    board.write([2], {1: np.array([[0.2, 0.3, 0.5]], np.float32)})
    result = board.calibration()
    assert (result["n"], result["accuracy"]) == (1, 1.0)
    assert result["ece"] == pytest.approx(0.5)
