"""The training images that are nearest to an image in the network's last feature layer: what it learnt from."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from backend.datasets.store import StoredSplit
from backend.db.models import Run
from backend.errors import NotFound
from backend.evaluations.results import ImageRows, last_layer_features
from backend.runs.sample_pages import image_path
from backend.samples.image import RunImage
from backend.samples.schemas import Neighbour

NEAREST = 8


@dataclass(frozen=True)
class Neighbours:
    """The nearest of `images` training images, by the model of `epoch`; no items if the map lacks the image."""

    epoch: int
    images: int
    items: list[Neighbour]


def neighbours(session: Session, data_dir: Path, image: RunImage, run: Run) -> Neighbours | None:
    """Returns the nearest training images; None until the run's map is computed, which computes the features, too."""
    trained = last_layer_features(session, data_dir, run, "train")
    validated = last_layer_features(session, data_dir, run, "validation")
    if trained is None or validated is None:
        return None
    row = _row(validated, image)
    items = [] if row is None else _nearest(run, image, trained, row)
    return Neighbours(epoch=trained.epoch, images=len(trained.positions), items=items)


def _row(validated: ImageRows, image: RunImage) -> npt.NDArray[np.float32] | None:
    """Returns the features of an image; None if it is not among those that the map has."""
    place = int(np.searchsorted(validated.positions, image.index))
    if validated.stored_split != image.stored_split or place == len(validated.positions):
        return None
    return np.asarray(validated.values[place]) if validated.positions[place] == image.index else None


def _nearest(run: Run, image: RunImage, trained: ImageRows, row: npt.NDArray[np.float32]) -> list[Neighbour]:
    direction = row / max(1e-30, float(np.linalg.norm(row)))
    distances = 1 - np.asarray(trained.values @ direction) / _lengths_of(trained)
    split, labels = cast(StoredSplit, trained.stored_split), image.dataset.labels(trained.stored_split)
    return [
        Neighbour(
            split=split,
            index=int(index),
            class_=image.classes[int(labels[index])],
            distance=max(0.0, float(distance)),
            image=image_path(run.dataset, split, int(index)),
        )
        for place in np.argsort(distances, kind="stable")[:NEAREST]
        for index, distance in [(trained.positions[place], distances[place])]
    ]


def _lengths_of(trained: ImageRows) -> npt.NDArray[np.float32]:
    """Raises NotFound if newer features have replaced the file since it was opened."""
    try:
        return _lengths(str(cast("np.memmap[Any, Any]", trained.values).filename))
    except OSError as error:
        raise NotFound("The features of the training images were replaced just now; ask again.") from error


@lru_cache(maxsize=8)
def _lengths(path: str) -> npt.NDArray[np.float32]:
    """Returns the Euclidean lengths of a file's rows. Each computation of features has a file of its own."""
    lengths: npt.NDArray[np.float32] = np.linalg.norm(np.load(path, mmap_mode="r"), axis=1)
    return np.maximum(lengths, 1e-30)
