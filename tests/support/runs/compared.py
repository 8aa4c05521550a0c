"""A board with runs to compare, whose rows and prediction files are written by the test."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import insert, select
from starlette.testclient import TestClient

from backend.datasets import registry, store
from backend.db.engine import Database
from backend.db.models import Artifact, Dataset, Epoch, Run
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate
from backend.spec import RunSpec

CLASSES = ("ankle boot", "bag", "coat")
SPEC = {"dataset": {"name": "digits"}, "model": {"preset": "strided_cnn", "options": {"padding": "same"}}}


@dataclass(frozen=True)
class StoredRuns:
    """Writes datasets and finished runs into the database and the data folder of a board."""

    database: Database
    data_dir: Path

    def dataset(
        self,
        name: str,
        labels: Sequence[int],
        classes: Sequence[str] = CLASSES,
        images: npt.NDArray[np.uint8] | None = None,
        validation: Sequence[int] = (),
    ) -> None:
        """Writes a dataset whose train and test split have these labels, and these images or black ones.

        `validation` has the labels of a third split, whose images are those of the first ones.
        """
        values = np.array(labels, np.uint16)
        images = np.zeros((len(values), 8, 8, 1), np.uint8) if images is None else images
        splits = {"train": (images, values), "test": (images, values)}
        if validation:
            splits["validation"] = (images[: len(validation)], np.array(validation, np.uint16))
        folder, manifest = store.write(self.data_dir / "datasets", name, list(classes), splits)
        with self.database.write() as session:
            row = Dataset(name=name, status="preparing", touched_at=0.0)
            registry.mark_ready(row, str(folder.relative_to(self.data_dir)), manifest.as_json())
            session.add(row)

    def run(
        self,
        predicted: npt.ArrayLike = (),
        metrics: Sequence[Mapping[str, float | None]] = ({"val_accuracy": 0.5, "seconds": 2.0},),
        confidence: Sequence[float] | None = None,
        name: str | None = None,
        probabilities: npt.NDArray[Any] | None = None,
        **spec: Any,
    ) -> str:
        """Writes a finished run, the last of whose epochs is the best, with its predictions, and returns its id.

        `predicted` has shape (images,) for the same predictions in each epoch, or (epochs, images). `probabilities`
        (images, classes) are those of the best epoch.
        """
        request = RunCreate(spec=RunSpec.model_validate({**SPEC, **spec}), name=name)
        run_id, last, number = secrets.token_hex(8), dict(metrics[-1]), len(metrics)
        by_epoch = np.broadcast_to(predicted, (number, np.shape(predicted)[-1]))
        files = [self._write_predictions(run_id, epoch, row, confidence) for epoch, row in enumerate(by_epoch, start=1)]
        artifacts = [] if probabilities is None else [self._write_probabilities(run_id, number, probabilities)]
        with self.database.write() as session:
            run, _ = queue_new_run(session, request, run_id=run_id)
            manifest = session.get_one(Dataset, run.dataset).manifest or {}
            for epoch, (values, (path, digest)) in enumerate(zip(metrics, files, strict=True), start=1):
                file = {"predictions": path, "predictions_sha256": digest}
                session.add(Epoch(run_id=run_id, epoch=epoch, metrics=dict(values), **file))
            session.add(Artifact(run_id=run_id, name="best.keras", epoch=1, path="b", bytes=4_400_000, sha256="0"))
            session.add_all(artifacts)
            run.status, run.ended_by, run.epoch, run.metrics = "finished", "epochs", number, last
            run.best = {"epoch": number, "monitor": "val_loss", "value": 1.0, "metrics": last}
            run.validation_images = run.test_images = by_epoch.shape[1]
            run.best_val_accuracy, run.dataset_hash = last.get("val_accuracy"), manifest.get("content_hash")
        return run_id

    def _write_predictions(
        self, run_id: str, epoch: int, predicted: npt.NDArray[Any], confidence: Sequence[float] | None
    ) -> tuple[str, str]:
        path = self._path(run_id, f"predictions-{epoch}-validation.npz")
        values = predicted.astype(np.uint16)
        sure = np.array([0.75] * len(values) if confidence is None else confidence, np.float16)
        second = (values + 1) % max(3, values.max(initial=0) + 1)
        np.savez(path, predicted=values, second=second, confidence=sure, second_confidence=sure / 4)
        return path.relative_to(self.data_dir).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()

    def _write_probabilities(self, run_id: str, epoch: int, probabilities: npt.NDArray[Any]) -> Artifact:
        path = self._path(run_id, f"best-{epoch}-probabilities.npy")
        np.save(path, probabilities.astype(np.float32))
        content = path.read_bytes()
        digest, address = hashlib.sha256(content).hexdigest(), path.relative_to(self.data_dir).as_posix()
        file = {"path": address, "bytes": len(content), "sha256": digest}
        return Artifact(run_id=run_id, name="probabilities", epoch=epoch, **file)

    def _path(self, run_id: str, name: str) -> Path:
        path = self.data_dir / f"runs/{run_id}/e1/{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def copies(self, run_id: str, number: int, **changes: Sequence[Any]) -> list[str]:
        """Writes copies of a run with its epochs and without files, and returns their ids.

        `changes` has a column's values, one for each copy.
        """
        with self.database.write() as session:
            row = session.get_one(Run, run_id)
            run = {column.key: getattr(row, column.key) for column in Run.__mapper__.column_attrs}
            epochs = session.execute(select(Epoch.epoch, Epoch.metrics).where(Epoch.run_id == run_id)).all()
            ids = [secrets.token_hex(8) for _ in range(number)]
            columns = [{name: values[n] for name, values in changes.items()} for n in range(number)]
            copies = [{**run, **values, "id": copy} for copy, values in zip(ids, columns, strict=True)]
            session.execute(insert(Run), copies)
            no_file = {"predictions": "none", "predictions_sha256": "0"}
            points = [{"epoch": epoch, "metrics": metrics, **no_file} for epoch, metrics in epochs]
            session.execute(insert(Epoch), [{**point, "run_id": copy} for copy in ids for point in points])
        return ids


@dataclass(frozen=True)
class ComparedBoard(StoredRuns):
    """The runs of a board, and a client of its service."""

    client: TestClient

    def get(self, path: str, **query: Any) -> Any:
        response = self.client.get(path, params=query)
        assert response.status_code == 200, response.text
        return response.json()

    def refused(self, path: str, status: int, **query: Any) -> Any:
        response = self.client.get(path, params=query)
        assert response.status_code == status, response.text
        return response.json()
