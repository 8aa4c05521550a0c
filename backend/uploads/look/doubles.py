"""Finds files that are in train and in a held-out split."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from zipfile import ZipFile

from backend.datasets.pictures.file_kinds import EMPTY
from backend.datasets.schemas import SkippedEntry
from backend.uploads.archive.entries import digest
from backend.uploads.layout.types import LabeledImage, Layout
from backend.uploads.schemas import Notice

HELD_OUT = {"validation", "test"}
MAX_READ_BYTES = 256 * 1024**2  # of files with the checksum of another one; more of them are taken to be the same
REASON = "the same image is in validation or test, and is kept only there"


def doubles(archive: ZipFile, images: Sequence[LabeledImage]) -> list[Notice]:
    """Returns a notice of the training images that are held out, too, or none."""
    names = _names(archive, images)
    if not names:
        return []
    count = "1 training image is" if len(names) == 1 else f"{len(names):,} training images are"
    text = (
        "A score on images that were trained on says too much. They are left out of train, unless a class would lose "
        "all of its images there."
    )
    return [Notice(title=f"{count} in validation or test, too", text=text, examples=names)]


def without_doubles(layout: Layout, names: Collection[str]) -> Layout:
    """Returns the layout as it will be stored: these training images are left out, but never all of a class."""
    counted = set(names)
    left = Counter(image.label for image in layout.images if image.split == "train" and image.entry.name not in counted)
    doubled = [image for image in layout.images if image.entry.name in counted and left[image.label]]
    skipped = [SkippedEntry(entry=image.entry.name, reason=REASON) for image in doubled]
    left_out = {entry.entry for entry in skipped}
    images = [image for image in layout.images if image.entry.name not in left_out]
    return replace(layout, images=images, skipped=[*layout.skipped, *skipped])


def _names(archive: ZipFile, images: Sequence[LabeledImage]) -> list[str]:
    by_checksum: defaultdict[tuple[int, int], list[LabeledImage]] = defaultdict(list)
    for image in images:
        if image.entry.kind is not EMPTY:
            by_checksum[image.entry.info.CRC, image.entry.info.file_size].append(image)
    names: list[str] = []
    read_bytes = 0
    for (_, size), group in by_checksum.items():
        splits = {image.split for image in group}
        if "train" in splits and splits & HELD_OUT:
            read_bytes += size * len(group)
            names += _in_both(archive, group) if read_bytes <= MAX_READ_BYTES else _of_train(group)
    return names


def _in_both(archive: ZipFile, group: Sequence[LabeledImage]) -> list[str]:
    """Returns the training images of one checksum whose content is held out: different files may have one checksum."""
    contents = [digest(archive, image.entry) for image in group]
    held_out = {content for content, image in zip(contents, group, strict=True) if image.split in HELD_OUT}
    return _of_train([image for content, image in zip(contents, group, strict=True) if content in held_out])


def _of_train(group: Sequence[LabeledImage]) -> list[str]:
    return [image.entry.name for image in group if image.split == "train"]
