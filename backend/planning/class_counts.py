"""How many images of each class a run trains and validates on, and what to do where a class has few."""

from collections.abc import Iterator, Sequence

from backend.analysis.statistics.intervals import FEW_IMAGES, wilson
from backend.datasets.schemas import DatasetRead
from backend.datasets.splits import share_size
from backend.phrases import counted, percent
from backend.planning.schemas import Notice, Suggestion
from backend.spec import FromTest, FromTrain, RunSpec
from backend.spec.data import DatasetSpec

UNEQUAL = 2  # times as many training images as the rarest class has: then class weights change something
BALANCED_WEIGHTS = Suggestion(title="Balanced class weights", changes={"class_weights": "balanced"})


def validation_counts(spec: DatasetSpec, dataset: DatasetRead) -> list[int] | None:
    """Returns the images of each class that validate, None where they are not known.

    A limit of the test images, which are in a random order, is taken to be fair to the classes.
    """
    counts, validation = dataset.counts, spec.validation
    if not counts or validation.from_ not in counts:
        return None
    of_split = counts[validation.from_]
    if isinstance(validation, FromTrain):
        return [share_size(images, validation.fraction) for images in of_split]
    if isinstance(validation, FromTest) and spec.test_limit is not None:
        share = min(1.0, spec.test_limit / max(1, sum(of_split)))
        return [round(images * share) for images in of_split]
    return of_split


def are_unequal(train_counts: Sequence[int]) -> bool:
    """Returns whether balanced weights would change the training much."""
    present = [images for images in train_counts if images]
    return bool(present) and max(present) >= UNEQUAL * min(present)


def balanced_weights(spec: RunSpec, train_counts: Sequence[int] | None) -> Suggestion | None:
    """Returns None where classes are weighted already, or have about as many images."""
    return BALANCED_WEIGHTS if spec.class_weights is None and train_counts and are_unequal(train_counts) else None


def rare_class_notices(spec: RunSpec, dataset: DatasetRead) -> Iterator[Notice]:
    """Yields what the figures of the rarest class can mean at best, if fewer than FEW_IMAGES of it validate."""
    counts = validation_counts(spec.dataset, dataset)
    present = [(images, name) for images, name in zip(counts or [], dataset.classes or [], strict=False) if images]
    images, name = min(present, default=(FEW_IMAGES, ""))
    if images < FEW_IMAGES:
        low = wilson(images, images)[0]
        yield Notice(
            loc=["dataset", "validation"],
            msg=f"{name} has {counted(images, 'validation image')}: even if {'it is' if images == 1 else 'all are'} "
            f"right, its recall may be as low as {percent(low, 0)} (95 %); read macro F1 and its interval beside "
            "the accuracy",
            suggestion=balanced_weights(spec, (dataset.counts or {}).get("train")),
        )
