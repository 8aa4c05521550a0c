"""Finds duplicates: files that are in several splits. As in the store, test keeps them, then validation."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from zipfile import ZipFile

from backend.datasets.pictures.file_kinds import EMPTY
from backend.datasets.schemas import SkippedEntry
from backend.uploads.archive.entries import digest
from backend.uploads.layout.types import LabeledImage, Layout
from backend.uploads.schemas import Notice

KEPT_IN: Mapping[str | None, set[str]] = {"train": {"validation", "test"}, "validation": {"test"}}
MAX_READ_BYTES = 256 * 1024**2  # of files with the checksum of another one; more of them are taken to be the same
REASON = "the same image is in validation or test, and is kept only there"


def duplicates_across_splits(archive: ZipFile, images: Sequence[LabeledImage]) -> list[LabeledImage]:
    """Returns the images of train and validation that a later split keeps."""
    by_checksum: defaultdict[tuple[int, int], list[LabeledImage]] = defaultdict(list)
    for image in images:
        if image.entry.kind is not EMPTY:
            by_checksum[image.entry.info.CRC, image.entry.info.file_size].append(image)
    found: list[LabeledImage] = []
    read_bytes = 0
    for (_, size), group in by_checksum.items():
        if _kept_later(group):
            read_bytes += size * len(group)
            equal = _by_content(archive, group) if read_bytes <= MAX_READ_BYTES else [group]
            found += [image for some in equal for image in _kept_later(some)]
    return found


def _kept_later(equal: Sequence[LabeledImage]) -> list[LabeledImage]:
    splits = {image.split for image in equal}
    return [image for image in equal if splits & KEPT_IN.get(image.split, set())]


def _by_content(archive: ZipFile, group: Sequence[LabeledImage]) -> Iterable[Sequence[LabeledImage]]:
    """Returns the images of one checksum by their content: different files may have one checksum."""
    by_content: defaultdict[bytes, list[LabeledImage]] = defaultdict(list)
    for image in group:
        by_content[digest(archive, image.entry)].append(image)
    return by_content.values()


def notices(found: Sequence[LabeledImage]) -> list[Notice]:
    """Returns the notices about the images that were found: one for each split that has some."""
    train, validation = (sorted(image.entry.name for image in found if image.split == split) for split in KEPT_IN)
    splits = (
        (train, "training image", "validation or test", "A score on images that were trained on", "train"),
        (validation, "validation image", "test", "A score on images that the best epoch was chosen by", "validation"),
    )
    return [_notice(*of_split) for of_split in splits if of_split[0]]


def _notice(names: list[str], what: str, kept_in: str, score: str, split: str) -> Notice:
    count = f"1 {what} is" if len(names) == 1 else f"{len(names):,} {what}s are"
    text = f"{score} says too much. They are left out of {split}, unless a class would lose all of its images there."
    return Notice(title=f"{count} in {kept_in}, too", text=text, examples=names)


def without_duplicates(layout: Layout, found: Collection[LabeledImage]) -> Layout:
    """Returns the layout as it will be stored: these images are left out, but never all of a class in a split."""
    places = {_place(image) for image in found}
    others = Counter((image.split, image.label) for image in layout.images if _place(image) not in places)
    duplicates = [image for image in layout.images if _place(image) in places and others[image.split, image.label]]
    left_out = {_place(image) for image in duplicates}
    skipped = [SkippedEntry(entry=image.entry.name, reason=REASON) for image in duplicates]
    images = [image for image in layout.images if _place(image) not in left_out]
    return replace(layout, images=images, skipped=[*layout.skipped, *skipped])


def _place(image: LabeledImage) -> tuple[str | None, str]:
    return image.split, image.entry.name
