"""Makes the requested exports in a jobs worker: claims a row, runs `worker.exports.exporter` as a child, updates it."""

import sys
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from backend.artifacts import exports
from backend.db.engine import Database
from backend.db.models import Artifact, Export
from backend.runs import best_model_jobs
from backend.settings import Settings
from worker.best_model_jobs.claimed_job import ClaimedJob
from worker.best_model_jobs.job_queue import JobQueue
from worker.best_model_jobs.request import remove_others, request_or_reason
from worker.exports.export_request import ExportRequest, request_for


def claim_next(settings: Settings, database: Database) -> "ExportJob | None":
    """Claims the next export and links its files, so that they exist even if the run replaces or deletes them.

    Returns None if none is requested, or if exports are disabled on this machine.
    """
    if not settings.exports:
        return None
    with database.write() as session:
        export = best_model_jobs.claim(session, Export)
    if export is None:
        return None
    remove_unreferenced_files(database, settings.data_dir, export.run_id)
    out = settings.data_dir / "runs" / export.run_id / "exports" / str(export.claim) / exports.FILE_NAMES[export.kind]

    def make() -> ExportRequest:
        with database.read() as session:
            return request_for(session, settings.data_dir, export, out)

    return ExportJob(settings, database, export, request_or_reason(make))


def remove_unreferenced_files(database: Database, data_dir: Path, run_id: str) -> None:
    """Removes exports of a run that no row references."""
    entries = list((data_dir / "runs" / run_id / "exports").glob("*"))
    with database.read() as session:
        in_use = exports.folders_in_use(session, run_id)
    remove_others(entries, in_use)


class ExportJob(ClaimedJob[ExportRequest]):
    """One claimed export."""

    command = (sys.executable, "-m", "worker.exports.exporter")
    failed = "could not be created"

    def __init__(self, settings: Settings, database: Database, export: Export, request: ExportRequest | str) -> None:
        super().__init__(settings, database, export, exports.FILE_NAMES[export.kind], request)
        self.export = export

    def mark_ready(self, session: Session, request: ExportRequest, result: dict[str, Any]) -> str:
        path = Path(request.out).relative_to(self.data_dir).as_posix()
        fields = {"run_id": self.export.run_id, "name": self.name, "epoch": request.epoch, "path": path}
        file = Artifact(**fields, **result["file"])
        measured = result["prediction_ms"], result["figures"]
        exports.mark_ready(session, self.export, file, request.best_sha256, *measured)
        return f"{self.name} verified: {result['proof']}"

    def remove_unreferenced_files(self) -> None:
        remove_unreferenced_files(self.database, self.data_dir, self.export.run_id)


export_queue = JobQueue(claim_next)
