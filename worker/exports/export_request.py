"""What a process that makes an export has to know, as plain values."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from backend.datasets import preprocessing
from backend.datasets.store import Images, StoredDataset
from backend.db.models import Artifact, Dataset, Export, Run
from backend.errors import NotFound
from backend.files import link
from backend.runs.history import history_csv
from backend.runs.read import get_run
from backend.runs.stored_predictions import dataset_of, positions_of
from backend.spec import RunSpec

SAMPLES = 32
OWN = ("best.keras", "probabilities.npy")
TOLERANCE = 1e-4
COARSE_TOLERANCE = 0.02
"""Of mixed precision, whose products are rounded to 8 or 11 bits, in another order for another number of images."""


@dataclass(frozen=True)
class ExportRequest:
    """Paths are absolute. `rows` are those of the stored probabilities, `positions` their images in `split`.

    `texts` are the files of a bundle that say what the model is; `prepares` is `backend.preprocessing.Preprocessing`.
    """

    kind: str
    out: str
    best: str
    best_sha256: str
    epoch: int
    tolerance: float
    texts: dict[str, str]
    prepares: dict[str, Any]
    dataset: str
    split: str
    positions: list[int]
    probabilities: str
    rows: list[int]

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "ExportRequest":
        return ExportRequest(**json.loads(text))

    def with_own_files(self) -> "ExportRequest":
        """The same order on files of its own beside `out`: the run drops its best model for a better one.

        Raises:
            OSError: they can't be had.
        """
        folder = Path(self.out).parent
        folder.mkdir(parents=True)
        own = [folder / name for name in OWN]
        for theirs, file in zip((self.best, self.probabilities), own, strict=True):
            link(Path(theirs), file)
        return replace(self, best=str(own[0]), probabilities=str(own[1]))

    def drop_own_files(self) -> None:
        for name in OWN:
            (Path(self.out).parent / name).unlink(missing_ok=True)

    def samples(self) -> tuple[Images, npt.NDArray[np.float32]]:
        """Validation images as they are stored, and what the best model said of them (float32, images × classes)."""
        images = StoredDataset.open(Path(self.dataset)).images(self.split)[self.positions]
        said: npt.NDArray[np.float32] = np.load(self.probabilities, mmap_mode="r")[self.rows]
        return images, said


def request_for(session: Session, data_dir: Path, export: Export, out: Path) -> ExportRequest:
    """Raises NotFound or Conflict, in a sentence, where the run, its images or its best model are gone."""
    run = get_run(session, export.run_id)
    best, said = (_artifact(session, run, name) for name in ("best.keras", "probabilities"))
    spec = RunSpec.model_validate(run.spec)
    split, positions = positions_of(spec, dataset_of(session, data_dir, run), "validation")
    rows = np.unique(np.linspace(0, len(positions) - 1, SAMPLES).round().astype(int))
    prepares = preprocessing.of_run(session, run).model_dump(mode="json")
    return ExportRequest(
        kind=export.kind,
        out=str(out),
        best=str(data_dir / best.path),
        best_sha256=best.sha256,
        epoch=best.epoch,
        tolerance=TOLERANCE if spec.precision == "float32" else COARSE_TOLERANCE,
        texts=_texts(session, run, prepares),
        prepares=prepares,
        dataset=str(data_dir / _dataset_folder(session, run)),
        split=split,
        positions=positions[rows].tolist(),
        probabilities=str(data_dir / said.path),
        rows=rows.tolist(),
    )


def _texts(session: Session, run: Run, prepares: dict[str, Any]) -> dict[str, str]:
    test = {key: run.test[key] for key in ("epoch", "metrics")} if run.test else None
    said = {
        "classes": prepares["classes"],
        "preprocessing": prepares,
        "spec": run.spec,
        "metrics": {"best": run.best, "test": test},
    }
    texts = {f"{name}.json": json.dumps(value, ensure_ascii=False, indent=2) + "\n" for name, value in said.items()}
    return {**texts, "history.csv": history_csv(session, run.id)}


def _artifact(session: Session, run: Run, name: str) -> Artifact:
    row = session.get(Artifact, (run.id, name))
    if row is None:
        raise NotFound(f"Run {run.name!r} has no best model any more.")
    return row


def _dataset_folder(session: Session, run: Run) -> str:
    row = session.get(Dataset, run.dataset)
    if row is None or row.folder is None:
        raise NotFound(f"Dataset {run.dataset!r} of run {run.name!r} is gone, so that nothing can be proved.")
    return row.folder
