"""Which images of a dataset a run trains on, validates on and is tested on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.datasets.splits import partition
from backend.datasets.store import ImageRows, Images, Labels, SelectedRows, StoredDataset
from backend.planning.costs.training_costs import scored_images
from backend.spec import FromTest, FromTrain, RunSpec
from worker.training.errors import TrainingError


@dataclass(frozen=True)
class LabelledImages:
    """Images (uint8, N × H × W × C) and their class indexes (N). The images are on disk until their rows are read.

    `split` is the stored split that they are of.
    """

    images: ImageRows
    labels: np.ndarray
    split: str

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Splits:
    """`test` is None where validation uses the test images; `validated_on` names the images that it uses."""

    train: LabelledImages
    validation: LabelledImages
    test: LabelledImages | None
    validated_on: str

    def describe(self) -> str:
        validation = f"validating on {len(self.validation):,} {self.validated_on}"
        test = f", testing on {len(self.test):,} images" if self.test is not None else ""
        return f"Training on {len(self.train):,} images, {validation}{test}"


PART_STREAM = 0x5C0DE  # second word of the seed, above all epochs: this draw is independent of their order


def scored_part(train: LabelledImages, seed: int) -> LabelledImages:
    """Returns the training images that are scored after each epoch: fixed for a seed, in stored order."""
    size = scored_images(len(train))
    positions = np.sort(np.random.default_rng([seed, PART_STREAM]).permutation(len(train))[:size])
    return LabelledImages(SelectedRows(train.images, positions), train.labels[positions], train.split)


def load_splits(dataset: StoredDataset, spec: RunSpec) -> Splits:
    """Raises TrainingError if there is no image to validate on."""
    limits, validation = spec.dataset, spec.dataset.validation
    test = _first(dataset, "test", limits.test_limit)
    if isinstance(validation, FromTrain):
        return _held_back(dataset, spec, validation, test)
    train = _first(dataset, "train", limits.train_limit)
    if isinstance(validation, FromTest):
        return Splits(train, test, None, "test images")
    if "validation" not in dataset.splits:
        raise _no_validation_split(dataset)
    return Splits(train, _first(dataset, "validation", None), test, "images of the validation split")


def _held_back(dataset: StoredDataset, spec: RunSpec, part: FromTrain, test: LabelledImages) -> Splits:
    images, labels = dataset.images("train"), dataset.labels("train")
    trained, held_back = partition(labels, spec.dataset.train_limit, part, spec.seed)
    if not len(held_back):
        raise _nothing_held_back(len(trained))
    train, validation = _selected(images, labels, trained), _selected(images, labels, held_back)
    return Splits(train, validation, test, "other training images")


def _selected(images: Images, labels: Labels, positions: npt.NDArray[np.int64]) -> LabelledImages:
    return LabelledImages(SelectedRows(images, positions), labels[positions], "train")


def _first(dataset: StoredDataset, split: str, limit: int | None) -> LabelledImages:
    return LabelledImages(dataset.images(split)[:limit], dataset.labels(split)[:limit], split)


def _no_validation_split(dataset: StoredDataset) -> TrainingError:
    return TrainingError(
        title="No validation split",
        detail=f"The dataset has no validation split; it has {' and '.join(dataset.splits)}.",
        hint="Validate on the test images, or on a part of the training images.",
    )


def _nothing_held_back(images: int) -> TrainingError:
    return TrainingError(
        title="No images to validate on",
        detail=f"No class has two of the {images:,} training images, so no image can be kept for validation.",
        hint="Use more training images, or validate on the test images.",
    )
