"""What was validated on a part of the training images, and the test split that its best model was scored on once."""

from collections.abc import Iterator

import numpy as np
import pytest
from starlette.testclient import TestClient

from backend.datasets import registry, store
from backend.datasets.splits import partition
from backend.db.engine import migrate, open_database
from backend.db.models import Epoch, Run
from backend.main import create_app
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from backend.spec import FromTrain, RunSpec
from tests.backend.api.test_analysis import Fixture, write_predictions

TRAIN_LABELS = np.repeat([0, 1], 10)
TEST_LABELS = np.array([0, 0, 1, 1, 1], np.uint8)
SPEC = RunSpec.model_validate(
    {
        "dataset": {"name": "digits", "validation": {"from": "train", "fraction": 0.3}, "test_limit": 4},
        "model": {"preset": "strided_cnn", "options": {"padding": "same"}},
    }
)


@pytest.fixture
def board(settings: Settings) -> Iterator[Fixture]:
    """One epoch of a run that validated on 6 of 20 training images: two of three `a` were taken for `b`."""
    migrate(settings)
    database = open_database(settings)
    arrays = {
        "train": (np.zeros((20, 2, 2, 1), np.uint8), TRAIN_LABELS),
        "test": (np.zeros((5, 2, 2, 1), np.uint8), TEST_LABELS),
    }
    folder, manifest = store.write(settings.data_dir / "datasets", "digits", ["a", "b", "c"], arrays)
    with database.write() as session:
        registry.register(session, "digits", str(folder.relative_to(settings.data_dir)), manifest.as_json())
        run, _ = queue_new_run(session, RunCreate(spec=SPEC, name="held out"))
        path, digest = write_predictions(settings.data_dir, run.id, 1, [0, 1, 1, 1, 1, 1])
        session.add(Epoch(run_id=run.id, epoch=1, metrics={}, predictions=path, predictions_sha256=digest))
        run.status, run.epoch = "running", 1
        run.best = {"epoch": 1, "monitor": "val_loss", "value": 1.0, "metrics": {}}
    yield Fixture(TestClient(create_app(settings)), database, settings.data_dir, run.id)
    database.engine.dispose()


def end(board: Fixture) -> None:
    """Score the best model on the four test images that the spec takes."""
    path, digest = write_predictions(board.data_dir, board.run, 9, [0, 1, 1, 1])
    with board.database.write() as session:
        run = session.get_one(Run, board.run)
        run.status = "finished"
        run.test = {"epoch": 1, "metrics": {"accuracy": 0.75}, "predictions": path, "predictions_sha256": digest}


def test_the_matrix_holds_the_images_that_were_kept_from_training(board: Fixture) -> None:
    shown = board.get("confusion-matrix")

    assert shown["matrix"] == [[1, 2, 0], [0, 3, 0], [0, 0, 0]]
    assert shown["split"] == "validation"


def test_a_samples_image_is_that_of_its_place_in_the_stored_split(board: Fixture) -> None:
    validation = SPEC.dataset.validation
    assert isinstance(validation, FromTrain)
    held = partition(TRAIN_LABELS, None, validation, SPEC.seed)[1]

    items = board.get("samples", kind="all", order="confidence")["items"]

    assert [item["index"] for item in items] == held.tolist()
    assert items[0]["image"] == f"/api/datasets/digits/images/train/{held[0]}.png"


def test_another_dataset_of_that_name_is_not_taken_for_the_one_trained_on(board: Fixture) -> None:
    with board.database.write() as session:
        session.get_one(Run, board.run).dataset_hash = "of the one before"

    sentence = board.refused("report", 404)["detail"]

    assert sentence.startswith("Dataset 'digits' is another one than run 'held out' was trained on")


def test_before_the_end_the_test_split_has_not_been_seen(board: Fixture) -> None:
    sentence = board.refused("report", 404, split="test")["detail"]

    assert sentence == "Run 'held out' scores its best model on the test images once, at its end; it is running."


def test_at_the_end_the_test_split_has_matrix_report_and_samples(board: Fixture) -> None:
    end(board)

    assert board.get("confusion-matrix", split="test")["matrix"] == [[1, 1, 0], [0, 2, 0], [0, 0, 0]]
    assert board.get("report", split="test")["accuracy"] == 0.75
    samples = board.get("samples", split="test")
    assert (samples["total"], samples["items"][0]["image"]) == (1, "/api/datasets/digits/images/test/1.png")
    assert board.client.get(f"/api/runs/{board.run}").json()["test"] == {"epoch": 1, "metrics": {"accuracy": 0.75}}


def test_only_the_best_epoch_was_scored_on_the_test_split(board: Fixture) -> None:
    end(board)

    sentence = board.refused("report", 404, split="test", epoch=2)["detail"]

    assert sentence == "Only the best model, of epoch 1, was scored on the test images; ask for epoch 'best'."
