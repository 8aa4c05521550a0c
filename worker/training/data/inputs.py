"""All that a training reads from a dataset: the images of each split, their scaling and the class weights."""

from dataclasses import dataclass
from typing import Self

from backend.datasets.store import StoredDataset
from backend.spec import RunSpec
from worker.training.data.class_weights import Weights, class_weights, describe
from worker.training.data.scaling import PixelScaling, scaling_for
from worker.training.data.splits import Splits, load_splits


@dataclass(frozen=True)
class TrainingInputs:
    classes: list[str]
    splits: Splits
    scaling: PixelScaling
    weights: Weights | None

    @classmethod
    def load(cls, dataset: StoredDataset, spec: RunSpec) -> Self:
        """Raises TrainingError if the spec doesn't fit the dataset."""
        classes, splits = dataset.manifest.classes, load_splits(dataset, spec)
        return cls(
            classes=classes,
            splits=splits,
            scaling=scaling_for(spec.preprocessing.scaling, splits.train.images),
            weights=class_weights(spec.class_weights, classes, splits.train.labels),
        )

    def describe(self) -> list[str]:
        """Returns lines for the run's log."""
        lines = [self.splits.describe(), self.scaling.describe()]
        return lines if self.weights is None else [*lines, describe(self.weights, self.classes)]
