"""Opens the probabilities that a run's best model gave to the images that it was validated on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from backend.analysis.predictions import Floats, Indexes
from backend.db.models import Artifact, Run
from backend.errors import NotFound
from backend.runs.stored_predictions import dataset_of, positions_of
from backend.spec import RunSpec


@dataclass(frozen=True)
class RunProbabilities:
    """`probabilities` (N, classes) is a memory map, float32; `positions` (N,) are ascending, in `stored_split`."""

    run: Run
    epoch: int
    stored_split: str
    positions: Indexes
    probabilities: Floats


def load_probabilities(session: Session, data_dir: Path, run: Run) -> RunProbabilities:
    """Returns the probabilities of the best epoch for the validation images.

    Raises:
        NotFound: The run has no best epoch, or its files or its dataset are gone or do not fit each other.
    """
    dataset = dataset_of(session, data_dir, run)
    row = session.get(Artifact, (run.id, "probabilities"))
    if row is None:
        raise NotFound(f"Run {run.name!r} has no probabilities: it has no best epoch yet; it is {run.status}.")
    stored_split, positions = positions_of(RunSpec.model_validate(run.spec), dataset, "validation")
    array = _open(data_dir, row.path, run, (len(positions), len(dataset.manifest.classes)))
    return RunProbabilities(run, row.epoch, stored_split, positions, array)


def _open(data_dir: Path, path: str, run: Run, shape: tuple[int, int]) -> Floats:
    try:
        array: Floats = np.load(data_dir / path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _unreadable(run, f"{path} below the data dir is missing or damaged") from error
    if array.shape != shape:
        raise _unreadable(run, f"they are of shape {array.shape}, and the run was validated on {shape[0]:,} images")
    return array


def _unreadable(run: Run, reason: str) -> NotFound:
    return NotFound(f"The probabilities of run {run.name!r} can't be read: {reason}.")
