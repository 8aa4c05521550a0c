"""Computes requested evaluations in a jobs worker: claims a row, runs `worker.evaluations.evaluator`, updates it."""

import sys
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.models import Evaluation
from backend.evaluations import jobs
from backend.phrases import rough_seconds
from backend.runs import best_model_jobs
from backend.settings import Settings
from worker.best_model_jobs.claimed_job import ClaimedJob
from worker.best_model_jobs.job_queue import JobQueue
from worker.best_model_jobs.request import remove_others, request_or_reason
from worker.evaluations.evaluation_request import EvaluationRequest, request_for

NAMES = {
    "map": "The map",
    "robustness": "The robustness test",
    "training_predictions": "The predictions of training images",
}


def claim_next(settings: Settings, database: Database) -> "EvaluationJob | None":
    """Claims the next evaluation and links the model, so that it exists even if the run replaces or deletes it."""
    with database.write() as session:
        evaluation = best_model_jobs.claim(session, Evaluation)
    if evaluation is None:
        return None
    remove_unreferenced_files(database, settings.data_dir, evaluation.run_id)

    def make() -> EvaluationRequest:
        with database.read() as session:
            return request_for(session, settings.data_dir, evaluation)

    return EvaluationJob(settings, database, evaluation, request_or_reason(make))


def remove_unreferenced_files(database: Database, data_dir: Path, run_id: str) -> None:
    """Removes files of a run's evaluations that no row references."""
    entries = list((data_dir / "runs" / run_id / "evaluations").glob("*"))
    with database.read() as session:
        in_use = jobs.folders_in_use(session, run_id)
    remove_others(entries, in_use)


class EvaluationJob(ClaimedJob[EvaluationRequest]):
    """One claimed evaluation."""

    command = (sys.executable, "-m", "worker.evaluations.evaluator")
    has_progress = True
    failed = "could not be computed"

    def __init__(
        self, settings: Settings, database: Database, evaluation: Evaluation, request: EvaluationRequest | str
    ) -> None:
        super().__init__(settings, database, evaluation, NAMES[evaluation.kind], request)
        self.evaluation = evaluation

    def mark_ready(self, session: Session, request: EvaluationRequest, result: dict[str, Any]) -> str:
        values = {"epoch": request.epoch, "of_sha256": request.best_sha256, **result}
        seconds = jobs.mark_ready(session, self.evaluation, **values)
        return f"{self.name}, of epoch {request.epoch}: ready {rough_seconds(seconds)} after the request"

    def remove_unreferenced_files(self) -> None:
        remove_unreferenced_files(self.database, self.data_dir, self.evaluation.run_id)


evaluation_queue = JobQueue(claim_next)
