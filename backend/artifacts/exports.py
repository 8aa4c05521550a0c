"""The rows of exports: which files are requested of a run's best model, which job makes each, what came of it.

A job claims a row, makes and proves the file, and marks the row ready; a Celery message only starts the job.
"""

from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.artifacts.schemas import ExportRead, Kind
from backend.db.models import Artifact, Dataset, Export, Json, Run
from backend.errors import Conflict
from backend.runs import best_model_jobs

FILE_NAMES: dict[str, str] = {
    "bundle": "bundle.zip",
    "webapp": "webapp.zip",
    "savedmodel": "savedmodel.zip",
    "tflite": "model.tflite",
    "tflite_float16": "model-float16.tflite",
    "tflite_int8": "model-int8.tflite",
    "onnx": "model.onnx",
}
MEASURED = ("tflite_float16", "tflite_int8")
"""Kinds that answer otherwise than the original: their accuracy is measured on the validation images."""


def all_exports(session: Session, run_id: str) -> list[ExportRead]:
    """Returns the status of each kind, also of those that were never requested."""
    best = session.get(Artifact, (run_id, "best.keras"))
    ahead = _ahead(session, run_id)
    return [_export_read(session, run_id, kind, best, ahead.get(kind)) for kind in FILE_NAMES]


def request_export(session: Session, run: Run, kind: Kind) -> Export:
    """Requests a kind; an export of the current best model that is ready or being made is left unchanged.

    Raises:
        Conflict: the run has no best model yet, or the images are gone that the file would be measured on.
    """
    best = best_model_jobs.best_model(session, run, "export")
    if kind in MEASURED:
        _check_images(session, run, FILE_NAMES[kind])
    row = session.get(Export, (run.id, kind), with_for_update=True)
    if row is not None and _is_current(session, row, best):
        return row
    return best_model_jobs.set_wanted(session, Export, run, kind, best)


def request_bundle(session: Session, run: Run) -> None:
    """Requests the bundle of a run that has ended with a best model.

    A bundle of the same model is made again: its history and scores may be those of an earlier end.
    """
    best = session.get_one(Artifact, (run.id, "best.keras"))
    best_model_jobs.set_wanted(session, Export, run, "bundle", best)


def request_again(session: Session, run: Run) -> list[str]:
    """Requests all exports again that were requested before, because they are to answer otherwise; returns their kinds.

    The run has a best model. A file that is ready can be downloaded until its successor is proved.
    """
    best = session.get_one(Artifact, (run.id, "best.keras"))
    rows = session.scalars(select(Export).where(Export.run_id == run.id).with_for_update()).all()
    return [best_model_jobs.set_wanted(session, Export, run, row.kind, best).kind for row in rows]


def folders_in_use(session: Session, run_id: str) -> set[str]:
    """Returns the names below the run's folder `exports` that a job or a downloadable file uses."""
    claims = session.scalars(select(Export.claim).where(Export.run_id == run_id, Export.status == "making"))
    is_export = Artifact.run_id == run_id, Artifact.name.in_(FILE_NAMES.values())
    files = [PurePosixPath(path).parts for path in session.scalars(select(Artifact.path).where(*is_export))]
    return {*(name for name in claims if name), *(parts[3] for parts in files)}


def mark_ready(
    session: Session,
    export: Export,
    file: Artifact,
    best_sha256: str,
    prediction_ms: float | None = None,
    figures: Json | None = None,
) -> None:
    """Makes a proved file downloadable; `best_sha256` is of the model that it was made of.

    Raises:
        NotFound: the run was deleted, or the export was claimed again or requested anew.
    """
    row = best_model_jobs.lock_claimed(session, export)
    session.merge(file)
    row.status, row.reason, row.of_sha256, row.prediction_ms = "ready", None, best_sha256, prediction_ms
    row.figures = figures


def why_missing(session: Session, run_id: str, name: str) -> str:
    """Returns a sentence that says why an export's file does not exist; empty if `name` is no export."""
    kind = next((kind for kind, file_name in FILE_NAMES.items() if file_name == name), None)
    if kind is None:
        return ""
    row = session.get(Export, (run_id, kind))
    if row is None:
        return f"{name} was not requested yet: POST /api/runs/{run_id}/exports/{kind} creates it."
    if row.status == "failed":
        return f"{name} could not be created: {row.reason}"
    if row.status == "ready":
        return f"{name} was of a best model that is gone: POST /api/runs/{run_id}/exports/{kind} creates a new one."
    return f"{name} is being created and verified; try again in a few seconds."


def _ahead(session: Session, run_id: str) -> dict[str, str]:
    """Returns what each requested kind of a run waits for: the export that is made before it, in words."""
    is_open = Export.status.in_(("wanted", "making"))
    order = Export.status == "wanted", Export.touched_at
    rows = session.execute(select(Export.run_id, Export.kind, Export.status).where(is_open).order_by(*order)).all()
    pairs = [(before, row) for before, row in pairwise(rows) if row.run_id == run_id and row.status == "wanted"]
    return {
        row.kind: FILE_NAMES[before.kind] if before.run_id == run_id else f"{FILE_NAMES[before.kind]} of another run"
        for before, row in pairs
    }


def _export_read(session: Session, run_id: str, kind: str, best: Artifact | None, waits_for: str | None) -> ExportRead:
    row, file = session.get(Export, (run_id, kind)), session.get(Artifact, (run_id, FILE_NAMES[kind]))
    fields: dict[str, Any] = {"kind": kind, "name": FILE_NAMES[kind], "status": row.status if row else "none"}
    if row is not None:
        fields |= {"reason": row.reason, "waits_for": waits_for}
        fields |= {"is_current": best is not None and row.of_sha256 == best.sha256}
    if file is not None:
        fields |= {"bytes": file.bytes, "sha256": file.sha256, "epoch": file.epoch}
        fields |= {"figures": row.figures if row else None}
    return ExportRead.model_validate(fields)


def _check_images(session: Session, run: Run, name: str) -> None:
    """Raises Conflict if the dataset that the run was trained on is gone."""
    dataset = session.get(Dataset, run.dataset)
    if dataset is not None and dataset.manifest and run.dataset_hash in (None, dataset.manifest["content_hash"]):
        return
    raise Conflict(
        f"{name} is only offered with its accuracy on the validation images, and dataset {run.dataset!r} of run "
        f"{run.name!r} was deleted or replaced. Add the same images under this name again, or take best.keras."
    )


def _is_current(session: Session, row: Export, best: Artifact) -> bool:
    """True if the export is of the best model, and is requested, being made, or ready with its file."""
    if row.of_sha256 != best.sha256 or row.status == "failed":
        return False
    return row.status != "ready" or session.get(Artifact, (row.run_id, FILE_NAMES[row.kind])) is not None
