"""Which images of a dataset a run trains, validates and is tested on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.datasets.splits import partition
from backend.datasets.store import StoredDataset
from backend.spec import FromTest, RunSpec
from worker.training.errors import TrainingError


@dataclass(frozen=True)
class Part:
    """Images (uint8, N × H × W × C) and the positions of their classes (N)."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.integer[Any]]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Parts:
    """`test` is there where validation is taken from train."""

    train: Part
    validation: Part
    test: Part | None

    def describe(self) -> str:
        if self.test is None:
            return f"Trains on {len(self.train):,} images, validates on {len(self.validation):,} test images"
        return (
            f"Trains on {len(self.train):,} images, validates on {len(self.validation):,} others of the training "
            f"images, is tested on {len(self.test):,} images"
        )


def parts_of(dataset: StoredDataset, spec: RunSpec) -> Parts:
    """Raises TrainingError where nothing is left to validate on."""
    given = spec.dataset
    images, labels = dataset.images("train"), dataset.labels("train")
    test = Part(dataset.images("test")[: given.test_limit], dataset.labels("test")[: given.test_limit])
    if isinstance(given.validation, FromTest):
        return Parts(Part(images[: given.train_limit], labels[: given.train_limit]), test, None)
    trained, held = partition(labels, given.train_limit, given.validation, spec.seed)
    if not len(held):
        raise _nothing_held(len(trained))
    return Parts(Part(images[trained], labels[trained]), Part(images[held], labels[held]), test)


def _nothing_held(images: int) -> TrainingError:
    return TrainingError(
        title="There is nothing to validate on",
        detail=f"No class has two of the {images:,} training images, so none can be held back for validation.",
        hint="Take more training images, or validate on the test images.",
    )
