"""The input of an evaluation's process, read from the database after the evaluation was claimed."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from backend.datasets.pictures import preprocessing
from backend.db.models import Artifact, Dataset, Evaluation
from backend.errors import NotFound
from backend.evaluations.jobs import folder_name
from backend.runs.read import get_run
from backend.runs.stored_predictions import dataset_of
from worker.best_model_jobs.request import link_files

MODEL = "best.keras"


@dataclass(frozen=True)
class EvaluationRequest:
    """Paths are absolute; files are written to `out`. `spec` and `preprocessing` are models of these names as JSON."""

    kind: str
    out: str
    best: str
    best_sha256: str
    epoch: int
    spec: dict[str, Any]
    preprocessing: dict[str, Any]
    dataset: str

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "EvaluationRequest":
        return EvaluationRequest(**json.loads(text))

    @property
    def folder(self) -> Path:
        return Path(self.out)

    @property
    def dataset_path(self) -> Path:
        return Path(self.dataset)

    def with_linked_files(self) -> "EvaluationRequest":
        """Raises OSError if the model is missing, or the folder can't be written."""
        return replace(self, best=link_files(self.folder, {MODEL: self.best})[MODEL])

    def remove_linked_files(self) -> None:
        (self.folder / MODEL).unlink(missing_ok=True)


def request_for(session: Session, data_dir: Path, evaluation: Evaluation) -> EvaluationRequest:
    """Raises NotFound or Conflict, with a sentence, if the run, its dataset or its best model does not exist."""
    run = get_run(session, evaluation.run_id)
    best = session.get(Artifact, (run.id, "best.keras"))
    if best is None:
        raise NotFound(f"Run {run.name!r} has no best model any more.")
    dataset_of(session, data_dir, run)
    dataset = session.get_one(Dataset, run.dataset)
    return EvaluationRequest(
        kind=evaluation.kind,
        out=str(data_dir / folder_name(evaluation)),
        best=str(data_dir / best.path),
        best_sha256=best.sha256,
        epoch=best.epoch,
        spec=run.spec,
        preprocessing=preprocessing.of_run(session, run).model_dump(mode="json"),
        dataset=str(data_dir / str(dataset.folder)),
    )
