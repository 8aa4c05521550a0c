"""Helpers for tests of evaluations: a run that has ended on small digits, and files of an evaluation by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from starlette.testclient import TestClient

from backend.datasets import registry, store
from backend.db.engine import Database
from backend.db.models import Evaluation
from backend.evaluations import jobs
from backend.evaluations.disturbances import CLEAN, conditions
from backend.evaluations.robustness import EXAMPLES
from backend.evaluations.schemas import Kind
from backend.files import SavedFile
from backend.runs import best_model_jobs
from backend.runs.read import get_run
from backend.settings import Settings
from tests.support.runs.run_life import claim_writer, end_training, launch, saved_epoch
from worker.evaluations.output import Output
from worker.run_writer import RunWriter
from worker.training.files import Folder
from worker.training.validation import save_predictions

IMAGES = 10
STORED = "stored"  # the claim of what a test writes without a job


def store_digits(database: Database, settings: Settings) -> None:
    """Stores a dataset of ten images in each split, one of each class, under the name of `digits`."""
    arrays = np.zeros((IMAGES, 8, 8, 1), np.uint8), np.arange(IMAGES, dtype=np.uint8)
    parent = settings.data_dir / "datasets"
    folder, manifest = store.write(parent, "digits", list("0123456789"), {"train": arrays, "test": arrays})
    with database.write() as session:
        registry.register(session, "digits", f"datasets/{folder.name}", manifest.as_json())


def ended_run(client: TestClient, database: Database, settings: Settings) -> tuple[str, RunWriter]:
    """Returns a run that has ended after one epoch. It is right about the first half of the images, 90 % sure."""
    store_digits(database, settings)
    run_id = launch(client)
    writer = claim_writer(database, settings)
    writer.save_epoch(replace(saved_epoch(writer, 1), predictions=predictions(writer)))
    end_training(writer)
    return run_id, writer


def predictions(writer: RunWriter) -> SavedFile:
    predicted = np.where(np.arange(IMAGES) < IMAGES // 2, np.arange(IMAGES), 0)
    probabilities = np.full((IMAGES, IMAGES), 0.1 / 9, np.float32)
    probabilities[np.arange(IMAGES), predicted] = 0.9
    return save_predictions(Folder(writer.folder, print), "predictions-1-validation.npz", probabilities)


def claim(database: Database) -> Evaluation:
    with database.write() as session:
        evaluation = best_model_jobs.claim(session, Evaluation)
    assert evaluation is not None
    return evaluation


def finish(database: Database, settings: Settings, evaluation: Evaluation, **result: Any) -> None:
    """Writes the files of a claimed map or of claimed training predictions, and marks it ready."""
    output = Output(settings.data_dir / jobs.folder_name(evaluation), print)
    splits = {"train": "train", "validation": "test"}
    for split in splits:
        output.save(f"positions-{split}", np.arange(IMAGES))
        output.save(f"features-{split}", np.eye(IMAGES, dtype=np.float32))
    output.save("map-validation", np.linspace(-1, 1, 2 * IMAGES, dtype=np.float32).reshape(IMAGES, 2))
    output.save("probabilities-train", np.eye(IMAGES, dtype=np.float16))
    result = {"layer": "dense", "stored_splits": splits, **result}
    with database.write() as session:
        jobs.mark_ready(session, evaluation, files=output.files, result=result)


def finish_robustness(database: Database, settings: Settings, evaluation: Evaluation) -> None:
    """Marks a claimed test ready: nine of ten images are right as they are, four under each disturbance."""
    files, result = write_robustness(settings.data_dir, evaluation, IMAGES)
    with database.write() as session:
        jobs.mark_ready(session, evaluation, files=files, result=result)


def write_robustness(data_dir: Path, evaluation: Evaluation, images: int) -> tuple[dict[str, str], dict[str, Any]]:
    names = conditions()
    output = Output(data_dir / jobs.folder_name(evaluation), print)
    output.save(EXAMPLES, np.zeros((len(names), 8, 8, 1), np.uint8))
    right = {**dict.fromkeys(names, images * 4 // 10), CLEAN: images * 9 // 10}
    return output.files, {"images": images, "of": images + 2, "seconds": 1.5, "right": right}


def store_robustness(database: Database, data_dir: Path, run_id: str, images: int) -> None:
    """Writes a robustness test of a run that has ended, beside a worker that may look for work."""
    files, result = write_robustness(data_dir, Evaluation(run_id=run_id, kind="robustness", claim=STORED), images)
    store_ready(database, run_id, "robustness", files, result)


def store_map(database: Database, data_dir: Path, run_id: str, places: np.ndarray) -> None:
    """Writes a map of a run that has ended, beside a worker that may look for work."""
    output = Output(data_dir / jobs.folder_name(Evaluation(run_id=run_id, kind="map", claim=STORED)), print)
    output.save("positions-validation", np.arange(len(places)))
    output.save("map-validation", places.astype(np.float32))
    store_ready(database, run_id, "map", output.files, {"layer": "dense", "stored_splits": {"validation": "test"}})


def store_ready(database: Database, run_id: str, kind: Kind, files: dict[str, str], result: dict[str, Any]) -> None:
    with database.write() as session:
        row = jobs.request_evaluation(session, get_run(session, run_id, lock=True), kind)
        row.status, row.claim, row.progress, row.files, row.result = "ready", STORED, 1.0, files, result
