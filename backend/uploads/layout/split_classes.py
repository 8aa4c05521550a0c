"""Brings the classes of the splits into agreement: what is held out has only classes that can be learned."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from backend.datasets.schemas import SkippedEntry
from backend.phrases import first_few, listed
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.types import LabeledImage
from backend.uploads.schemas import Notice

MAX_EXAMPLES = 3


@dataclass(frozen=True)
class Settled:
    """The images in their final splits, those left out, and what to say about them."""

    images: list[LabeledImage]
    skipped: list[SkippedEntry] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)


def settle_splits(images: Sequence[LabeledImage]) -> Settled:
    """Returns the images with `test` for the only held-out split, and no split where nothing is held out.

    Held-out images of a class without training images are left out, since no model can learn it.

    Raises:
        InvalidZip: Nothing is left to train on, or to test on.
    """
    splits = {image.split for image in images}
    if not splits & {"validation", "test"}:
        return Settled([replace(image, split=None) for image in images])
    if not splits & {"train", None}:
        raise InvalidZip(
            f"There are images for {listed(sorted(map(str, splits)))}, and none to train on; name a folder train, or "
            "say which one it is: folder=NAME:train."
        )
    divided = [replace(image, split=image.split or "train") for image in images]
    return _without_unlearnable(_in_training_spelling(divided))


def _in_training_spelling(images: Sequence[LabeledImage]) -> list[LabeledImage]:
    """Renames `cats` of test to `Cats` where training has only that."""
    training = {image.label for image in images if image.split == "train"}
    spellings = {label.casefold(): label for label in sorted(training)}
    return [
        image if image.label in training else replace(image, label=spellings.get(image.label.casefold(), image.label))
        for image in images
    ]


def _without_unlearnable(images: Sequence[LabeledImage]) -> Settled:
    learnable = {image.label for image in images if image.split == "train"}
    unlearnable = defaultdict(list)
    for image in images:
        if image.label not in learnable:
            unlearnable[image.label].append(image)
    if len(learnable) == 1 and unlearnable:
        raise InvalidZip(
            f"Only the class {quoted(*learnable)} has images to train on; those of {first_few(sorted(unlearnable))} "
            "are only in the held-out folders. Move some into the training folder, or use both for training, such as "
            "folder=test:train."
        )
    kept = _with_test([image for image in images if image.label in learnable], unlearnable)
    reason = "no image of its class is there to train on"
    skipped = [SkippedEntry(entry=image.entry.name, reason=reason) for group in unlearnable.values() for image in group]
    warnings = [*_missing(kept, learnable), *([_unlearnable(unlearnable)] if unlearnable else [])]
    return Settled(kept, skipped, warnings)


def _with_test(images: Sequence[LabeledImage], unlearnable: Iterable[str]) -> list[LabeledImage]:
    """Returns the images with `test` for the only held-out split that is left."""
    splits = {image.split for image in images}
    if splits == {"train"}:
        raise InvalidZip(
            f"No image is left to test on: {first_few(sorted(unlearnable))} have no images to train on. Put some into "
            "the training folder, or leave the held-out folders out, such as folder=test:left_out; then a part of the "
            "training images is drawn to test on."
        )
    if "test" in splits:
        return list(images)
    return [replace(image, split="test") if image.split == "validation" else image for image in images]


def _unlearnable(images: dict[str, list[LabeledImage]]) -> Notice:
    names = sorted(images)
    count = sum(map(len, images.values()))
    return Notice(
        title=f"No training images: {first_few(names)}",
        text=f"{count:,} held-out images are left out, since no model can learn their classes. To keep them, put some "
        "images of each class into the training folder.",
        examples=[images[name][0].entry.name for name in names[:MAX_EXAMPLES]],
    )


def _missing(images: Sequence[LabeledImage], classes: set[str]) -> list[Notice]:
    """Returns a notice for each held-out split that lacks classes."""
    notices = []
    for split in ("validation", "test"):
        present = {image.label for image in images if image.split == split}
        if present and (absent := sorted(classes - present)):
            text = f"{first_few(absent)} can be trained, but {split} can't say how well it is recognized (support 0)."
            notices.append(Notice(title=f"Not in {split}: {first_few(absent)}", text=text))
    return notices
