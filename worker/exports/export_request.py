"""The input of an export process: paths, texts and samples, read from the database after the export was claimed."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.analysis import temperature
from backend.analysis.predictions import Indexes
from backend.datasets.pictures import preprocessing
from backend.datasets.store import Images, Labels, StoredDataset
from backend.db.models import Artifact, Dataset, Export, Run
from backend.errors import NotFound
from backend.runs.history import history_csv
from backend.runs.read import get_run
from backend.runs.stored_predictions import dataset_of, positions_of
from backend.spec import RunSpec
from backend.trust import answering
from worker.best_model_jobs.request import link_files

SAMPLES = 32  # validation images whose predictions are compared in the proof
CALIBRATION_IMAGES = 200  # training images by which an int8 file finds the range of each layer
BEST_ARTIFACTS = ("best.keras", "probabilities")
LINKED_FILES = ("best.keras", "probabilities.npy")
TOLERANCE = 1e-4  # allowed difference of a probability
MIXED_PRECISION_TOLERANCE = 0.02
"""Mixed precision rounds products to 8 or 11 bits, and in another order for another batch size."""


@dataclass(frozen=True)
class ExportRequest:
    """Paths are absolute. `positions` are the sample images in `split`, `rows` the same in the stored probabilities.

    `texts` are the bundle's JSON and CSV files by name; `preprocessing` is a `backend.datasets.pictures.preprocessing`
    model as JSON. `name` and `finished_at` (seconds since 1970) are the run's. If `scales`, the process that makes the
    export fits the `temperature`. `threshold` is the least confidence of an answer of the bundle.
    """

    kind: str
    out: str
    best: str
    best_sha256: str
    epoch: int
    precision: str
    tolerance: float
    texts: dict[str, str]
    preprocessing: dict[str, Any]
    dataset: str
    split: str
    positions: list[int]
    probabilities: str
    rows: list[int]
    name: str = ""
    finished_at: float | None = None
    scales: bool = False
    threshold: float | None = None
    temperature: float | None = None

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "ExportRequest":
        return ExportRequest(**json.loads(text))

    @property
    def folder(self) -> Path:
        return Path(self.out).parent

    def with_linked_files(self) -> "ExportRequest":
        """Links the run's files into the folder of `out`, since a running training replaces its best model.

        Raises:
            OSError: a file is missing, or the folder can't be written.
        """
        paths = link_files(self.folder, dict(zip(LINKED_FILES, (self.best, self.probabilities), strict=True)))
        return replace(self, best=paths[LINKED_FILES[0]], probabilities=paths[LINKED_FILES[1]])

    def remove_linked_files(self) -> None:
        for name in LINKED_FILES:
            (self.folder / name).unlink(missing_ok=True)

    def with_temperature(self) -> "ExportRequest":
        """Fits the temperature, if the export is to have one, to all validation images."""
        if not self.scales:
            return self
        _, labels, positions = self.validation()
        fit = temperature.cross_fit(np.load(self.probabilities, mmap_mode="r"), labels[positions])
        return replace(self, temperature=fit.temperature)

    def validation(self) -> tuple[Images, Labels, Indexes]:
        """Returns the images and labels of the stored split with the validation images, and their positions in it."""
        spec, dataset = RunSpec.model_validate_json(self.texts["spec.json"]), StoredDataset.open(Path(self.dataset))
        split, positions = positions_of(spec, dataset, "validation")
        return dataset.images(split), dataset.labels(split), positions

    def answers(self) -> tuple[npt.NDArray[np.float32], float]:
        """Returns the probabilities of the samples as the export gives them, and how much they may differ."""
        _, probabilities = self.samples()
        if self.temperature is None:
            return probabilities, self.tolerance
        scaled: npt.NDArray[np.float32] = temperature.scaled(probabilities, self.temperature)
        return scaled, self.tolerance * max(1.0, 1 / self.temperature)

    def samples(self) -> tuple[Images, npt.NDArray[np.float32]]:
        """Returns validation images as stored, and the best model's probabilities, float32 of shape (n, classes)."""
        images = StoredDataset.open(Path(self.dataset)).images(self.split)[self.positions]
        probabilities: npt.NDArray[np.float32] = np.load(self.probabilities, mmap_mode="r")[self.rows]
        return images, probabilities


def request_for(session: Session, data_dir: Path, export: Export, out: Path) -> ExportRequest:
    """Raises NotFound or Conflict, with a sentence, if the run, its dataset or its best model does not exist."""
    run = get_run(session, export.run_id)
    best, probabilities = _best_files(session, run)
    spec = RunSpec.model_validate(run.trained_spec)
    split, positions = positions_of(spec, dataset_of(session, data_dir, run), "validation")
    rows = np.unique(np.linspace(0, len(positions) - 1, SAMPLES).round().astype(int))
    run_preprocessing = preprocessing.of_run(session, run).model_dump(mode="json")
    choice = answering.chosen(session, run.id)
    return ExportRequest(
        kind=export.kind,
        out=str(out),
        best=str(data_dir / best.path),
        best_sha256=best.sha256,
        epoch=best.epoch,
        precision=spec.precision,
        tolerance=TOLERANCE if spec.precision == "float32" else MIXED_PRECISION_TOLERANCE,
        texts=_texts(session, run, run_preprocessing),
        preprocessing=run_preprocessing,
        dataset=str(data_dir / _dataset_folder(session, run)),
        split=split,
        positions=positions[rows].tolist(),
        probabilities=str(data_dir / probabilities.path),
        rows=rows.tolist(),
        name=run.name,
        finished_at=run.finished_at,
        scales=choice.temperature,
        threshold=choice.threshold,
    )


def _texts(session: Session, run: Run, run_preprocessing: dict[str, Any]) -> dict[str, str]:
    test = {key: run.test[key] for key in ("epoch", "metrics")} if run.test else None
    contents = {
        "classes": run_preprocessing["classes"],
        "preprocessing": run_preprocessing,
        "spec": run.spec,
        "metrics": {"best": run.best, "test": test},
    }
    texts = {
        f"{name}.json": json.dumps(content, ensure_ascii=False, indent=2) + "\n" for name, content in contents.items()
    }
    return {**texts, "history.csv": history_csv(session, run.id)}


def _best_files(session: Session, run: Run) -> tuple[Artifact, Artifact]:
    """Returns the best model and its probabilities, read by one statement so that both are of the same epoch."""
    rows = session.scalars(select(Artifact).where(Artifact.run_id == run.id, Artifact.name.in_(BEST_ARTIFACTS)))
    by_name = {row.name: row for row in rows}
    if by_name.keys() != set(BEST_ARTIFACTS):
        raise NotFound(f"Run {run.name!r} has no best model any more.")
    return by_name["best.keras"], by_name["probabilities"]


def _dataset_folder(session: Session, run: Run) -> str:
    row = session.get(Dataset, run.dataset)
    if row is None or row.folder is None:
        raise NotFound(f"Dataset {run.dataset!r} of run {run.name!r} was deleted, so the export can't be verified.")
    return row.folder
