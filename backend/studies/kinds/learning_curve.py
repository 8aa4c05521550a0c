"""`learning_curve`: the same spec with growing parts of the training images."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backend.datasets.schemas import DatasetRead
from backend.errors import FieldError, Invalid
from backend.phrases import sentence
from backend.planning.image_counts import sizes
from backend.spec import RunSpec
from backend.studies.kinds.base import SeededRequest, Trial

IMAGES = "dataset.train_limit"
Fraction = Annotated[float, Field(gt=0, le=1)]


class LearningCurve(SeededRequest):
    kind: Literal["learning_curve"]
    fractions: Annotated[list[Fraction], Field(min_length=2, max_length=50)] = Field(
        [0.125, 0.25, 0.5, 1.0], description="of the training images that the spec allows"
    )

    title: ClassVar[str] = "Learning curve"

    def prepare(self, base: RunSpec, dataset: DatasetRead) -> RunSpec:
        """Sets the number of training images that the fractions are taken of."""
        stored = sizes(dataset)
        if stored is None:
            return base  # the dataset is not ready, which the check reports
        images = min(stored[0], base.dataset.train_limit or stored[0])
        prepared = base.model_copy(update={"dataset": base.dataset.model_copy(update={"train_limit": images})})
        self._refuse_equal_points(prepared)
        return prepared

    def points(self, base: RunSpec) -> list[Trial]:
        return [Trial({IMAGES: images}, {IMAGES: images}) for images in self._images(base)]

    def _images(self, base: RunSpec) -> list[int]:
        return sorted(max(1, round(fraction * (base.dataset.train_limit or 1))) for fraction in self.fractions)

    def _refuse_equal_points(self, base: RunSpec) -> None:
        images = self._images(base)
        if len(set(images)) < len(images):
            message = f"two of the fractions give the same number of images, of {base.dataset.train_limit:,} in all"
            raise Invalid(sentence(message), [FieldError(["fractions"], message)])
