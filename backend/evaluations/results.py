"""Opens the files of evaluations: features and map of the images, probabilities of the training images."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from backend.db.engine import read_again
from backend.db.models import Evaluation, Run
from backend.errors import NotFound
from backend.evaluations.jobs import folder_name
from backend.evaluations.schemas import Kind

FEATURES, MAP, PROBABILITIES = "features", "map", "probabilities"


@dataclass(frozen=True)
class ImageRows:
    """A row for each of some images: row i is of the image at `positions[i]` in the dataset's `stored_split`.

    `values` is a read-only memory map; `positions` ascend. Rows are of the run's model after `epoch`.
    """

    epoch: int
    stored_split: str
    positions: npt.NDArray[np.int64]
    values: npt.NDArray[Any]


def last_layer_features(session: Session, data_dir: Path, run: Run, split: str) -> ImageRows | None:
    """Returns the input of the network's last layer, float32 (n, at most 512), for images of a run's split.

    `split` is `train` (the images that the run trained on, at most 20,000) or `validation` (at most 10,000). Distances
    between rows are those of the layer: what is wider than 512 is projected. None until the evaluation `map` is ready.
    """
    return _rows(session, data_dir, run, "map", FEATURES, split)


def image_map(session: Session, data_dir: Path, run: Run) -> ImageRows | None:
    """Returns the place of each validation image on the map, float32 (n, 2); None until it is ready."""
    return _rows(session, data_dir, run, "map", MAP, "validation")


def training_probabilities(session: Session, data_dir: Path, run: Run) -> ImageRows | None:
    """Returns the best model's probabilities for the images that the run trained on, float16 (n, classes).

    They have no augmentation. At most 50 million values are kept, so many classes have fewer images. None until the
    evaluation `training_predictions` is ready.
    """
    return _rows(session, data_dir, run, "training_predictions", PROBABILITIES, "train")


def _rows(session: Session, data_dir: Path, run: Run, kind: Kind, name: str, split: str) -> ImageRows | None:
    try:
        return read_again(session, lambda current: _open(current, data_dir, run.id, kind, name, split))
    except NotFound:
        return None


def _open(session: Session, data_dir: Path, run_id: str, kind: Kind, name: str, split: str) -> ImageRows:
    """Raises NotFound if there is no such evaluation, or if its files were replaced since the row was read."""
    row = session.get(Evaluation, (run_id, kind))
    if row is None or row.status != "ready" or row.result is None:
        raise NotFound(f"Run {run_id!r} has no evaluation {kind!r}.")
    folder = data_dir / folder_name(row)
    try:
        values = np.load(folder / f"{name}-{split}.npy", mmap_mode="r", allow_pickle=False)
        positions = np.load(folder / f"positions-{split}.npy", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise NotFound(f"The files of evaluation {kind!r} of run {run_id!r} can't be read.") from error
    return ImageRows(row.epoch, row.result["stored_splits"][split], positions, values)
