"""All that a training reads, ready for it: the images of each part, how their pixels are scaled, how classes count."""

from dataclasses import dataclass
from typing import Self

from backend.datasets.store import StoredDataset
from backend.spec import RunSpec
from worker.training.class_weights import Weights, class_weights, describe
from worker.training.parts import Parts, parts_of
from worker.training.scaling import PixelScaling, scaling_for


@dataclass(frozen=True)
class Material:
    classes: list[str]
    parts: Parts
    scaling: PixelScaling
    weights: Weights | None

    @classmethod
    def of(cls, dataset: StoredDataset, spec: RunSpec) -> Self:
        """Raises TrainingError where the spec doesn't fit the dataset."""
        classes, parts = dataset.manifest.classes, parts_of(dataset, spec)
        return cls(
            classes=classes,
            parts=parts,
            scaling=scaling_for(spec.preprocessing.scaling, parts.train.images),
            weights=class_weights(spec.class_weights, classes, parts.train.labels),
        )

    def describe(self) -> list[str]:
        """Lines for the log."""
        lines = [self.parts.describe(), self.scaling.describe()]
        return lines if self.weights is None else [*lines, describe(self.weights, self.classes)]
