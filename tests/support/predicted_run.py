"""Writes a finished run with its predictions, and its dataset, without training it."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.datasets import registry, store
from backend.db.engine import Database
from backend.db.models import Artifact, Epoch
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate

RUN = "0123456789abcdef"
Probabilities = npt.NDArray[np.float32]


def write_dataset(database: Database, data_dir: Path, labels: Sequence[int], classes: Sequence[str]) -> None:
    """Writes noise of 8 × 8 pixels under the name `digits`; the test images have the `labels`."""
    images = np.random.default_rng(0).integers(0, 256, (len(labels), 8, 8, 1), np.uint8)
    arrays = {"train": (images[:1], np.array(labels[:1])), "test": (images, np.array(labels))}
    folder, manifest = store.write(data_dir / "datasets", "digits", list(classes), arrays)
    with database.write() as session:
        registry.register(session, "digits", str(folder.relative_to(data_dir)), manifest.as_json())


def write_run(database: Database, data_dir: Path, epochs: Mapping[int, Probabilities], best: int | None = 1) -> str:
    """Writes a finished run of `digits-quick`; the probabilities of each epoch have shape (images, classes)."""
    files = {epoch: _save_top_two(data_dir, epoch, probabilities) for epoch, probabilities in epochs.items()}
    artifacts = [] if best is None else [_save_probabilities(data_dir, best, epochs[best])]
    with database.write() as session:
        run, _ = queue_new_run(session, RunCreate(recipe="digits-quick"), run_id=RUN)
        for epoch, (path, digest) in files.items():
            metrics = {"loss": 1 / epoch, "accuracy": 0.5, "val_loss": 1 / epoch, "val_accuracy": 0.5}
            row = {"predictions": path, "predictions_sha256": digest}
            session.add(Epoch(run_id=run.id, epoch=epoch, metrics=metrics, **row))
            run.metrics = metrics
        run.status, run.ended_by, run.epoch = "finished", "epochs", max(epochs, default=0)
        run.finished_at = run.created_at + 60
        if best is not None:
            run.best = {"epoch": best, "monitor": "val_loss", "value": 1 / best, "metrics": run.metrics}
        session.add_all(artifacts)
        return run.id


def _save_top_two(data_dir: Path, epoch: int, probabilities: Probabilities) -> tuple[str, str]:
    path = _path(data_dir, f"predictions-{epoch}-validation.npz")
    order = np.argsort(-probabilities, axis=1, kind="stable").astype(np.uint16)
    sorted_values = np.take_along_axis(probabilities, order, axis=1).astype(np.float16)
    arrays: dict[str, Any] = {"predicted": order[:, 0], "second": order[:, 1]}
    np.savez(path, **arrays, confidence=sorted_values[:, 0], second_confidence=sorted_values[:, 1])
    return path.relative_to(data_dir).as_posix(), _digest(path)


def _save_probabilities(data_dir: Path, epoch: int, probabilities: Probabilities) -> Artifact:
    path = _path(data_dir, f"probabilities-{epoch}-validation.npy")
    np.save(path, probabilities)
    file = {"path": path.relative_to(data_dir).as_posix(), "bytes": path.stat().st_size, "sha256": _digest(path)}
    return Artifact(run_id=RUN, name="probabilities", epoch=epoch, **file)


def _path(data_dir: Path, name: str) -> Path:
    path = data_dir / "runs" / RUN / "e1" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def at_random(images: int, classes: int, sharpness: float = 1.6) -> tuple[list[int], Probabilities]:
    """Returns labels, and probabilities that are surer than they are right by the temperature `sharpness`."""
    draw = np.random.default_rng(0)
    logits = 2 * draw.normal(size=(images, classes))
    honest = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (honest.cumsum(axis=1) > draw.random((images, 1))).argmax(axis=1)
    sure = np.exp(logits * sharpness)
    return labels.tolist(), (sure / sure.sum(axis=1, keepdims=True)).astype(np.float32)
