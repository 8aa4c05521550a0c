"""Loading a trainer's predictions: shapes, order, and files that do not match."""

from pathlib import Path

import numpy as np
import pytest

from backend.analysis.predictions import Predictions


def save(path: Path, predicted: list[int]) -> Path:
    confidence = np.full(len(predicted), 0.75, np.float16)
    np.savez(
        path,
        predicted=np.array(predicted, np.uint8),
        second=np.zeros(len(predicted), np.uint8),
        confidence=confidence,
        second_confidence=confidence / 3,
    )
    return path


def test_a_trainers_file_is_loaded_with_its_labels(tmp_path: Path) -> None:
    file = save(tmp_path / "predictions-1-validation.npz", [1, 0])
    predictions = Predictions.load(file, np.array([1, 1], np.uint8), ["no", "yes"])
    assert len(predictions) == 2
    assert predictions.true.tolist() == [1, 1]
    assert predictions.predicted.tolist() == [1, 0]
    assert predictions.second_confidence.tolist() == [0.25, 0.25]


def test_fewer_predictions_than_labels_are_refused(tmp_path: Path) -> None:
    file = save(tmp_path / "p.npz", [0])
    with pytest.raises(ValueError, match=r"'predicted' has shape \(1,\), but there are labels for 2 samples"):
        Predictions.load(file, np.array([0, 1], np.uint8), ["no", "yes"])


def test_more_predictions_than_labels_are_refused(tmp_path: Path) -> None:
    file = save(tmp_path / "p.npz", [0, 0, 0])
    with pytest.raises(ValueError, match=r"'predicted' has shape \(3,\), but there are labels for 2 samples"):
        Predictions.load(file, np.array([0, 1], np.uint8), ["no", "yes"])


def test_a_class_that_the_dataset_does_not_have_is_refused(tmp_path: Path) -> None:
    file = save(tmp_path / "p.npz", [0, 7])
    with pytest.raises(ValueError, match="'predicted' goes from 0 to 7, but there are 2 classes"):
        Predictions.load(file, np.array([0, 1], np.uint8), ["no", "yes"])


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    file = save(tmp_path / "p.npz", [])
    with pytest.raises(ValueError, match="'true' is empty"):
        Predictions.load(file, np.array([], np.uint8), ["no", "yes"])


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "p.npz", allow_pickle=True, predicted=np.array([{"evil": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        Predictions.load(tmp_path / "p.npz", np.array([0], np.uint8), ["a"])
