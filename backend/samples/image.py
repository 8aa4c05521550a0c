"""Finds an image of a run's split by its index in the stored split."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from sqlalchemy.orm import Session

from backend.analysis.predictions import Indexes
from backend.datasets.store import Images, StoredDataset, StoredSplit
from backend.db.models import Run
from backend.errors import NotFound
from backend.runs.stored_predictions import Split, check_split, dataset_of, positions_of
from backend.spec import RunSpec


@dataclass(frozen=True)
class RunImage:
    """`index` is the image's position in the dataset's `stored_split`, `place` that among the run's predictions.

    `positions` are those of all images of the run's split, ascending.
    """

    dataset: StoredDataset
    split: Split
    stored_split: StoredSplit
    positions: Indexes
    index: int
    place: int

    @property
    def pixels(self) -> Images:
        """The image, uint8 of shape (H, W, C)."""
        pixels: Images = self.dataset.images(self.stored_split)[self.index]
        return pixels

    @property
    def classes(self) -> list[str]:
        return self.dataset.manifest.classes

    @property
    def label(self) -> int:
        return int(self.dataset.labels(self.stored_split)[self.index])


def find_image(session: Session, data_dir: Path, run: Run, index: int, split: Split) -> RunImage:
    """Returns the image at `index`.

    Raises:
        NotFound: The split has no such image, or the run's dataset is gone or has changed.
    """
    check_split(run, split)
    dataset = dataset_of(session, data_dir, run)
    stored_split, positions = positions_of(RunSpec.model_validate(run.spec), dataset, split)
    place = int(np.searchsorted(positions, index))
    if place == len(positions) or positions[place] != index:
        raise NotFound(
            f"Run {run.name!r} has no {split} image {index}: its {len(positions):,} {split} images are from "
            f"{positions[0]} to {positions[-1]} of the dataset's split {stored_split!r}."
        )
    return RunImage(dataset, split, cast(StoredSplit, stored_split), positions, index, place)
