"""How many images a run trains on and is validated on in an epoch."""

from dataclasses import dataclass

from backend.datasets.schemas import DatasetRead
from backend.spec import FromTrain, FromValidation
from backend.spec.data import DatasetSpec

UNFETCHED = {
    "digits": (1_438, 359),
    "fashion_mnist": (60_000, 10_000),
    "mnist": (60_000, 10_000),
    "cifar10": (50_000, 10_000),
    "cifar100": (50_000, 10_000),
}
"""Training and test images of built-in datasets that are not in the store yet."""

Sizes = tuple[int, int]


@dataclass(frozen=True)
class Images:
    """The number of training and validation images of an epoch."""

    train: int
    validation: int


def images_of(spec: DatasetSpec, dataset: DatasetRead) -> Images | None:
    """Returns None where the size of the dataset is not known yet."""
    stored = sizes(dataset)
    if stored is None:
        return None
    train, test = (min(size, limit or size) for size, limit in zip(stored, limits(spec), strict=True))
    if isinstance(spec.validation, FromValidation):
        return Images(train, sum((dataset.counts or {}).get("validation", [])))
    if not isinstance(spec.validation, FromTrain):
        return Images(train, test)
    fraction = spec.validation.fraction
    validation = _validation_images(fraction, dataset) if train == stored[0] else None
    validation = validation if validation is not None else round(train * fraction)
    return Images(train - validation, validation)


def sizes(dataset: DatasetRead) -> Sizes | None:
    """Returns the numbers of stored training and test images."""
    if dataset.counts:
        return sum(dataset.counts["train"]), sum(dataset.counts["test"])
    return UNFETCHED.get(dataset.name)


def limits(spec: DatasetSpec) -> tuple[int | None, int | None]:
    return spec.train_limit, spec.test_limit


def _validation_images(fraction: float, dataset: DatasetRead) -> int | None:
    """Counts as `backend.datasets.splits` holds images back; None where the counts by class are not known."""
    if not dataset.counts:
        return None
    return sum(min(max(0, n - 1), max(1, round(n * fraction))) for n in dataset.counts["train"] if n)
