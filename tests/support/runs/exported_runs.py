"""Exports of a run without a worker: claimed, finished, and as the request to an export program."""

from pathlib import Path

import numpy as np
from starlette.testclient import TestClient

from backend.artifacts import exports
from backend.datasets import registry, store
from backend.db.engine import Database
from backend.db.models import Artifact, Export
from backend.runs import best_model_jobs
from backend.settings import Settings
from tests.support.runs.run_life import sha_of
from worker.exports.export_request import TOLERANCE, ExportRequest
from worker.run_writer import RunWriter

EndedRun = tuple[str, RunWriter]
"""The id of a run, and the writer of its trainer."""


def status_and_reason(client: TestClient, run_id: str, kind: str = "bundle") -> tuple[str, str | None]:
    items = client.get(f"/api/runs/{run_id}/exports").json()["items"]
    row = next(item for item in items if item["kind"] == kind)
    return row["status"], row["reason"]


def claim(database: Database) -> Export:
    with database.write() as session:
        export = best_model_jobs.claim(session, Export)
    assert export is not None
    return export


def export_request(data_dir: Path, writer: RunWriter) -> ExportRequest:
    best = writer.folder / "best-1.keras"
    return ExportRequest(
        kind="bundle",
        out=str(data_dir / "runs" / writer.folder.parent.name / "exports" / "claim" / "bundle.zip"),
        best=str(best),
        best_sha256=sha_of(best.name),
        epoch=1,
        precision="float32",
        tolerance=TOLERANCE,
        texts={},
        preprocessing={},
        dataset="",
        split="train",
        positions=[0],
        probabilities=str(writer.folder / "probabilities-1-validation.npy"),
        rows=[0],
    )


def store_digits(database: Database, settings: Settings) -> None:
    """Stores a small dataset under the name of `digits`."""
    arrays = np.zeros((10, 8, 8, 1), np.uint8), np.arange(10, dtype=np.uint8)
    folder, manifest = store.write(
        settings.data_dir / "datasets", "digits", list("0123456789"), {"train": arrays, "test": arrays}
    )
    with database.write() as session:
        registry.register(session, "digits", f"datasets/{folder.name}", manifest.as_json())


def finish(database: Database, export: Export, writer: RunWriter) -> None:
    """Writes the file of a claimed bundle and marks it ready."""
    path = f"runs/{export.run_id}/exports/{export.claim}/bundle.zip"
    row = Artifact(run_id=export.run_id, name="bundle.zip", epoch=1, path=path, bytes=3, sha256="abc")
    file = writer.path(path)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"zip")
    with database.write() as session:
        exports.mark_ready(session, export, row, str(export.of_sha256))
