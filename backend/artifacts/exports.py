"""The rows of exports: which files are requested of a run's best model, which job makes each, what came of it.

A job claims a row, makes and proves the file, and marks the row ready; a Celery message only starts the job. To avoid
deadlocks, lock the run before one of its exports.
"""

import uuid
from pathlib import PurePosixPath
from typing import Any, Literal

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from backend.artifacts.schemas import ExportRead
from backend.db.clock import clock, database_time
from backend.db.models import Artifact, Export, Run
from backend.errors import Conflict, NotFound
from backend.runs.read import get_run

Kind = Literal["bundle", "savedmodel", "tflite", "onnx"]
FILE_NAMES: dict[str, str] = {
    "bundle": "bundle.zip",
    "savedmodel": "savedmodel.zip",
    "tflite": "model.tflite",
    "onnx": "model.onnx",
}
STALLED_SECONDS = 30.0  # a job touches its row every 2 s; after this long without a touch another job may claim it
MAX_ATTEMPTS = 3
WORKER_LOST = f"Its process was lost {MAX_ATTEMPTS} times, probably because memory ran out."


def all_exports(session: Session, run_id: str) -> list[ExportRead]:
    """Returns the status of each kind, also of those that were never requested."""
    best = session.get(Artifact, (run_id, "best.keras"))
    return [_export_read(session, run_id, kind, best) for kind in FILE_NAMES]


def request_export(session: Session, run: Run, kind: Kind) -> Export:
    """Requests a kind; an export of the current best model that is ready or being made is left unchanged.

    Raises:
        Conflict: the run has no best model yet.
    """
    best = session.get(Artifact, (run.id, "best.keras"))
    if best is None:
        raise Conflict(f"Run {run.name!r} has no best model to export yet; wait for its first epoch.")
    row = session.get(Export, (run.id, kind), with_for_update=True)
    if row is not None and _is_current(session, row, best):
        return row
    return _set_wanted(session, run, kind, best)


def request_bundle(session: Session, run: Run) -> None:
    """Requests the bundle of a run that has ended with a best model.

    A bundle of the same model is made again: its history and scores may be those of an earlier end.
    """
    best = session.get_one(Artifact, (run.id, "best.keras"))
    _set_wanted(session, run, "bundle", best)


def request_again(session: Session, run: Run) -> list[str]:
    """Requests all exports again that were requested before, because they are to answer otherwise; returns their kinds.

    The run has a best model. A file that is ready can be downloaded until its successor is proved.
    """
    best = session.get_one(Artifact, (run.id, "best.keras"))
    rows = session.scalars(select(Export).where(Export.run_id == run.id).with_for_update()).all()
    return [_set_wanted(session, run, row.kind, best).kind for row in rows]


def claim(session: Session) -> Export | None:
    """Claims the export that was requested first, or one whose job has stalled; returns None if there is none.

    The run stays locked until the commit, so that its best model is not replaced before that. If it is replaced before
    the job has linked its file, the export is made of the newer one.
    """
    while first := session.scalar(select(Export).where(_is_claimable()).order_by(Export.touched_at).limit(1)):
        session.get(Run, first.run_id, with_for_update=True)
        locked = select(Export).where(_is_claimable(), _same_export(first)).with_for_update()
        row = session.scalar(locked.execution_options(populate_existing=True))
        best = session.get(Artifact, (first.run_id, "best.keras"))
        if row is None:
            continue  # another job has claimed it
        if best is None:
            session.delete(row)
        elif row.tries >= MAX_ATTEMPTS:
            row.status, row.reason = "failed", WORKER_LOST
        else:
            return _set_making(session, row, best)
    return None


def folders_in_use(session: Session, run_id: str) -> set[str]:
    """Returns the names below the run's folder `exports` that a job or a downloadable file uses."""
    claims = session.scalars(select(Export.claim).where(Export.run_id == run_id, Export.status == "making"))
    is_export = Artifact.run_id == run_id, Artifact.name.in_(FILE_NAMES.values())
    files = [PurePosixPath(path).parts for path in session.scalars(select(Artifact.path).where(*is_export))]
    return {*(name for name in claims if name), *(parts[3] for parts in files)}


def touch(session: Session, export: Export) -> bool:
    """Records that an export's job is alive; returns False if it was claimed again, requested anew or deleted."""
    touched = update(Export).where(_still_claimed(export)).values(touched_at=clock()).returning(Export.kind)
    return session.scalar(touched) is not None


def release(session: Session, export: Export) -> None:
    """Returns a claimed export to `wanted`, because its worker is stopping; the attempt does not count."""
    values = {"status": "wanted", "claim": None, "tries": Export.tries - 1}
    session.execute(update(Export).where(_still_claimed(export)).values(values))


def mark_ready(
    session: Session, export: Export, file: Artifact, best_sha256: str, prediction_ms: float | None = None
) -> None:
    """Makes a proved file downloadable; `best_sha256` is of the model that it was made of.

    Raises:
        NotFound: the run was deleted, or the export was claimed again or requested anew.
    """
    get_run(session, export.run_id, lock=True)
    row = _lock_claimed(session, export)
    session.merge(file)
    row.status, row.reason, row.of_sha256, row.prediction_ms = "ready", None, best_sha256, prediction_ms


def mark_failed(session: Session, export: Export, reason: str) -> None:
    """Raises NotFound as `mark_ready`."""
    get_run(session, export.run_id, lock=True)
    row = _lock_claimed(session, export)
    row.status, row.reason = "failed", reason


def is_waiting(session: Session) -> bool:
    """Returns whether an export is requested, or its job has not touched it for STALLED_SECONDS."""
    return session.scalar(select(Export.run_id).where(_is_claimable()).limit(1)) is not None


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


def _export_read(session: Session, run_id: str, kind: str, best: Artifact | None) -> ExportRead:
    row, file = session.get(Export, (run_id, kind)), session.get(Artifact, (run_id, FILE_NAMES[kind]))
    fields: dict[str, Any] = {"kind": kind, "name": FILE_NAMES[kind], "status": row.status if row else "none"}
    if row is not None:
        fields |= {"reason": row.reason, "is_current": best is not None and row.of_sha256 == best.sha256}
    if file is not None:
        fields |= {"bytes": file.bytes, "sha256": file.sha256, "epoch": file.epoch}
    return ExportRead.model_validate(fields)


def _is_current(session: Session, row: Export, best: Artifact) -> bool:
    """True if the export is of the best model, and is requested, being made, or ready with its file."""
    if row.of_sha256 != best.sha256 or row.status == "failed":
        return False
    return row.status != "ready" or session.get(Artifact, (row.run_id, FILE_NAMES[row.kind])) is not None


def _is_claimable() -> ColumnElement[bool]:
    is_stalled = (Export.status == "making") & (Export.touched_at < clock() - STALLED_SECONDS)
    return or_(Export.status == "wanted", is_stalled)


def _still_claimed(export: Export) -> ColumnElement[bool]:
    return _same_export(export) & (Export.status == "making") & (Export.claim == export.claim)


def _same_export(export: Export) -> ColumnElement[bool]:
    return (Export.run_id == export.run_id) & (Export.kind == export.kind)


def _set_making(session: Session, row: Export, best: Artifact) -> Export:
    row.status, row.touched_at, row.tries = "making", database_time(session), row.tries + 1
    row.of_sha256, row.claim = best.sha256, uuid.uuid4().hex
    return row


def _set_wanted(session: Session, run: Run, kind: str, best: Artifact) -> Export:
    values = {"status": "wanted", "reason": None, "of_sha256": best.sha256, "touched_at": database_time(session)}
    return session.merge(Export(run_id=run.id, kind=kind, claim=None, tries=0, **values))


def _lock_claimed(session: Session, export: Export) -> Export:
    row = session.scalar(select(Export).where(_still_claimed(export)).with_for_update())
    if row is None:
        raise NotFound("This export was claimed by another job, or requested anew.")
    return row
