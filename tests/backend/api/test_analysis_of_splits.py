"""The analysis of runs that validate on a part of the training images and are tested once at the end."""

from collections.abc import Iterator

import numpy as np
import pytest

from backend.application import create_app
from backend.datasets import registry, store
from backend.datasets.splits import partition
from backend.db.engine import open_database
from backend.db.models import Epoch, Run
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from backend.spec import FromTrain, RunSpec
from tests.backend.api.test_analysis import RUN, Fixture, write_predictions
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite

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
    """One epoch of a run that validated on 6 of 20 training images: two of three `a` were predicted as `b`."""
    create_sqlite(settings)
    database = open_database(settings)
    arrays = {
        "train": (np.zeros((20, 2, 2, 1), np.uint8), TRAIN_LABELS),
        "test": (np.zeros((5, 2, 2, 1), np.uint8), TEST_LABELS),
    }
    folder, manifest = store.write(settings.data_dir / "datasets", "digits", ["a", "b", "c"], arrays)
    path, digest = write_predictions(settings.data_dir, RUN, 1, [0, 1, 1, 1, 1, 1])
    with database.write() as session:
        registry.register(session, "digits", str(folder.relative_to(settings.data_dir)), manifest.as_json())
        run, _ = queue_new_run(session, RunCreate(spec=SPEC, name="held out"), run_id=RUN)
        session.add(Epoch(run_id=run.id, epoch=1, metrics={}, predictions=path, predictions_sha256=digest))
        run.status, run.epoch = "running", 1
        run.best = {"epoch": 1, "monitor": "val_loss", "value": 1.0, "metrics": {}}
    yield Fixture(DocumentedClient(create_app(settings)), database, settings.data_dir, run.id)
    database.engine.dispose()


def end(board: Fixture) -> None:
    """Ends the run with a test score on the four test images of the spec."""
    path, digest = write_predictions(board.data_dir, board.run, 9, [0, 1, 1, 1])
    with board.database.write() as session:
        run = session.get_one(Run, board.run)
        run.status = "finished"
        run.test = {"epoch": 1, "metrics": {"accuracy": 0.75}, "predictions": path, "predictions_sha256": digest}


def test_the_matrix_counts_the_validation_images(board: Fixture) -> None:
    matrix = board.get("confusion-matrix")

    assert matrix["matrix"] == [[1, 2, 0], [0, 3, 0], [0, 0, 0]]
    assert matrix["split"] == "validation"


def test_a_sample_links_the_image_at_its_index_in_the_stored_split(board: Fixture) -> None:
    validation = SPEC.dataset.validation
    assert isinstance(validation, FromTrain)
    indexes = partition(TRAIN_LABELS, None, validation, SPEC.seed)[1]

    items = board.get("samples", kind="all", order="confidence")["items"]

    assert [item["index"] for item in items] == indexes.tolist()
    assert items[0]["image"] == f"/api/datasets/digits/images/train/{indexes[0]}.png"


def test_a_changed_dataset_of_the_same_name_is_refused(board: Fixture) -> None:
    with board.database.write() as session:
        session.get_one(Run, board.run).dataset_hash = "of the previous dataset"

    detail = board.refused("report", 404)["detail"]

    assert detail.startswith("Dataset 'digits' has changed since run 'held out' was trained")


def test_before_the_end_there_are_no_test_predictions(board: Fixture) -> None:
    detail = board.refused("report", 404, split="test")["detail"]

    assert detail == "Run 'held out' has no test predictions yet: its best model is tested at the end; it is running."


def test_at_the_end_the_test_split_has_matrix_report_and_samples(board: Fixture) -> None:
    end(board)

    assert board.get("confusion-matrix", split="test")["matrix"] == [[1, 1, 0], [0, 2, 0], [0, 0, 0]]
    assert board.get("report", split="test")["accuracy"] == 0.75
    samples = board.get("samples", split="test")
    assert (samples["total"], samples["items"][0]["image"]) == (1, "/api/datasets/digits/images/test/1.png")
    assert board.client.get(f"/api/runs/{board.run}").json()["test"] == {"epoch": 1, "metrics": {"accuracy": 0.75}}


def test_only_the_best_epoch_has_test_predictions(board: Fixture) -> None:
    end(board)

    detail = board.refused("report", 404, split="test", epoch=2)["detail"]

    assert detail == "Only the best model, that of epoch 1, was tested; use epoch 'best'."
