"""The rows of evaluations: requested, listed, marked ready."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.clock import database_time, to_datetime
from backend.db.models import Artifact, Evaluation, Run
from backend.errors import Conflict
from backend.evaluations.schemas import EvaluationRead, Kind, Status
from backend.runs import best_model_jobs

STATUS: dict[str, Status] = {"wanted": "queued", "making": "running", "ready": "ready", "failed": "failed"}


def request_evaluation(session: Session, run: Run, kind: Kind) -> Evaluation:
    """Requests a kind; an evaluation of the current best model that is ready or being made is left unchanged.

    Raises:
        Conflict: the run has no best model.
    """
    best = best_model_jobs.best_model(session, run, "evaluate")
    row = session.get(Evaluation, (run.id, kind), with_for_update=True)
    if row is not None and row.of_sha256 == best.sha256 and row.status != "failed":
        return row
    values = {"progress": 0.0, "created_at": database_time(session), "finished_at": None, "epoch": best.epoch}
    return best_model_jobs.set_wanted(session, Evaluation, run, kind, best, **values, result=None, files=None)


def all_evaluations(session: Session, run_id: str) -> list[EvaluationRead]:
    """Returns the evaluations that were requested of a run, by their kinds."""
    best = session.get(Artifact, (run_id, "best.keras"))
    rows = session.scalars(select(Evaluation).where(Evaluation.run_id == run_id).order_by(Evaluation.kind))
    return [evaluation_read(row, best) for row in rows]


def ready(session: Session, run_id: str, kind: Kind) -> Evaluation | None:
    """Returns a finished evaluation; None if it was never requested or is not finished.

    Raises:
        Conflict: it has failed.
    """
    row = session.get(Evaluation, (run_id, kind))
    if row is not None and row.status == "failed":
        again = f'POST /api/runs/{run_id}/evaluations {{"kind": "{kind}"}} tries again'
        raise Conflict(f"It could not be computed: {row.reason} {again}.")
    return row if row is not None and row.status == "ready" else None


def is_current(session: Session, row: Evaluation) -> bool:
    best = session.get(Artifact, (row.run_id, "best.keras"))
    return best is not None and best.sha256 == row.of_sha256


def folder_name(row: Evaluation) -> str:
    """Returns the folder of an evaluation's files below the data dir."""
    return f"runs/{row.run_id}/evaluations/{row.claim}"


def folders_in_use(session: Session, run_id: str) -> set[str]:
    """Returns the names below the run's folder `evaluations` that a job or a result uses."""
    claims = select(Evaluation.claim).where(Evaluation.run_id == run_id, Evaluation.status.in_(("making", "ready")))
    return {claim for claim in session.scalars(claims) if claim}


def mark_ready(session: Session, evaluation: Evaluation, **values: Any) -> float:
    """Stores `epoch`, `of_sha256`, `files` and `result`; returns the seconds since it was requested.

    Raises:
        NotFound: the run was deleted, or the evaluation was claimed again or requested anew.
    """
    row = best_model_jobs.lock_claimed(session, evaluation)
    for column, value in values.items():
        setattr(row, column, value)
    row.status, row.reason, row.progress, row.finished_at = "ready", None, 1.0, database_time(session)
    return row.finished_at - row.created_at


def evaluation_read(row: Evaluation, best: Artifact | None) -> EvaluationRead:
    return EvaluationRead.model_validate(
        {
            "kind": row.kind,
            "status": STATUS[row.status],
            "progress": row.progress,
            "error": row.reason,
            "created_at": to_datetime(row.created_at),
            "finished_at": None if row.finished_at is None else to_datetime(row.finished_at),
            "epoch": row.epoch,
            "is_current": best is not None and best.sha256 == row.of_sha256,
        }
    )
