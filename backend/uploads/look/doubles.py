"""Finds files that are in train and in a held-out split, by checksum and size; no file is read."""

from collections.abc import Sequence

from backend.uploads.layout.types import LabeledImage
from backend.uploads.schemas import Notice


def doubles(images: Sequence[LabeledImage]) -> list[Notice]:
    """Returns a notice of the training images that are held out, too, or none."""
    held_out = {_content(image) for image in images if image.split in ("validation", "test")}
    names = [image.entry.name for image in images if image.split == "train" and _content(image) in held_out]
    if not names:
        return []
    count = "1 training image is" if len(names) == 1 else f"{len(names):,} training images are"
    text = (
        "A score on images that were trained on says too much. They are left out of train, unless a class would lose "
        "all of its images there."
    )
    return [Notice(title=f"{count} in validation or test, too", text=text, examples=names)]


def _content(image: LabeledImage) -> tuple[int, int]:
    return image.entry.info.CRC, image.entry.info.file_size
