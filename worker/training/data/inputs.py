"""All that a training reads from a dataset: the images of each split, their scaling and the class weights."""

from dataclasses import dataclass
from typing import Self, cast

import numpy as np
import psutil

from backend.datasets.store import StoredDataset
from backend.planning.image_memory import are_held, image_bytes
from backend.spec import RunSpec
from worker.training.data.class_weights import Weights, class_weights, describe
from worker.training.data.scaling import PixelScaling, scaling_for
from worker.training.data.splits import Splits, load_splits


@dataclass(frozen=True)
class TrainingInputs:
    """`variants` is how many inputs of this size the training holds at once: of augmented features, all variants."""

    classes: list[str]
    splits: Splits
    scaling: PixelScaling
    weights: Weights | None
    variants: int = 1

    @classmethod
    def load(cls, dataset: StoredDataset, spec: RunSpec) -> Self:
        """Raises TrainingError if the spec doesn't fit the dataset."""
        classes, splits = dataset.manifest.classes, load_splits(dataset, spec)
        return cls(
            classes=classes,
            splits=splits,
            scaling=scaling_for(spec.preprocessing.scaling, cast(np.ndarray, splits.train.images)),
            weights=class_weights(spec.class_weights, classes, splits.train.labels),
        )

    @property
    def are_held(self) -> bool:
        """Whether the training images, or features, are held in memory; else they are read from disk, by batches."""
        return are_held(self._train_bytes, psutil.virtual_memory().total)

    @property
    def _train_bytes(self) -> int:
        images = self.splits.train.images
        return self.variants * image_bytes(len(images), images.shape[1:]) * images.dtype.itemsize

    def describe(self) -> list[str]:
        """Returns lines for the run's log."""
        lines = [self.splits.describe(), self.scaling.describe()]
        if not self.are_held:
            lines.append(f"The training images, {self._train_bytes / 2**30:,.1f} GB, are read from disk")
        return lines if self.weights is None else [*lines, describe(self.weights, self.classes)]
