"""Which images an evaluation reads: so many that it ends in time, the same ones whenever it is repeated."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from backend.datasets.splits import partition
from backend.datasets.store import ImageRows, SelectedRows, StoredDataset
from backend.runs.stored_predictions import positions_of
from backend.spec import RunSpec

Split = Literal["train", "validation"]
SAMPLE_SEED = 0x5A3B1E
MULTIPLICATIONS_PER_SECOND = 20e9  # of a forward pass on 2 slow cores
MIN_IMAGES = 200


@dataclass(frozen=True)
class SplitImages:
    """Images of a run's split: those at `positions`, ascending, in the dataset's `stored_split`; `of` counts all."""

    stored_split: str
    positions: npt.NDArray[np.int64]
    images: ImageRows
    labels: npt.NDArray[np.int64]
    of: int

    def __len__(self) -> int:
        return len(self.positions)


def images_in(seconds: float, multiplications: int, most: int) -> int:
    """Returns how many images a network with so many multiplications an image predicts in that time, at most `most`."""
    return min(most, max(MIN_IMAGES, int(seconds * MULTIPLICATIONS_PER_SECOND / max(1, multiplications))))


def split_images(dataset: Path, spec: RunSpec, split: Split, most: int) -> SplitImages:
    """Returns the images of a split; a sample of them, drawn with a fixed seed, if there are more than `most`."""
    stored = StoredDataset.open(dataset)
    stored_split, positions = _positions(stored, spec, split)
    of = len(positions)
    if of > most:
        positions = np.sort(np.random.default_rng(SAMPLE_SEED).choice(positions, most, replace=False))
    chosen: npt.NDArray[np.int64] = positions.astype(np.int64)
    labels = stored.labels(stored_split)[chosen].astype(np.int64)
    return SplitImages(stored_split, chosen, SelectedRows(stored.images(stored_split), chosen), labels, of)


def _positions(stored: StoredDataset, spec: RunSpec, split: Split) -> tuple[str, npt.NDArray[np.integer]]:
    if split == "validation":
        return positions_of(spec, stored, "validation")
    limits = spec.dataset
    return "train", partition(stored.labels("train"), limits.train_limit, limits.validation, spec.seed)[0]
