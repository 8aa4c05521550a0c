"""One picture under several classes: found by files that are the same, and settled as the upload's options say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from zipfile import ZipFile

from backend.datasets.contradictions import contradicting_groups, left_out
from backend.datasets.pictures.file_kinds import EMPTY
from backend.datasets.schemas import SkippedEntry, UploadOptions
from backend.uploads.archive.entries import digest
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.types import LabeledImage
from backend.uploads.schemas import Choice, ChoiceValue

MAX_EXAMPLES = 6


@dataclass(frozen=True)
class Agreeing:
    """The images that are kept, and those that are left out; `pictures` are under several classes."""

    images: list[LabeledImage]
    skipped: list[SkippedEntry] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    pictures: int = 0


def settle_contradictions(archive: ZipFile, images: Sequence[LabeledImage], options: UploadOptions) -> Agreeing:
    """Leaves out images as the option `contradictions` says. No image is decoded.

    Raises:
        InvalidZip: A class would lose all of its images.
    """
    keys = [(image.entry.info.CRC, image.entry.info.file_size, image.entry.kind is EMPTY) for image in images]
    labels = [image.label for image in images]
    similar = [group for group in contradicting_groups(keys, labels) if images[group[0]].entry.kind is not EMPTY]
    groups = [same for group in similar for same in _same_files(archive, group, images)]
    if not groups:
        return Agreeing(list(images))
    reasons = left_out(groups, labels, options.contradictions or "leave_out")
    kept = [image for position, image in enumerate(images) if position not in reasons]
    check_no_class_is_lost(labels, [image.label for image in kept])
    skipped = [
        SkippedEntry(entry=images[position].entry.name, reason=reason) for position, reason in sorted(reasons.items())
    ]
    return Agreeing(kept, skipped, [_choice(groups, images, options)], len(groups))


def _same_files(archive: ZipFile, group: Sequence[int], images: Sequence[LabeledImage]) -> list[list[int]]:
    """Returns the groups of files with the same content in a group with the same checksum.

    The checksum alone is not enough: a PNG has checksums of its own parts inside, so that two different ones of one
    size often have the same CRC-32 (30 pairs among 2,000 of 438 bytes).
    """
    contents = [digest(archive, images[position].entry) for position in group]
    same = contradicting_groups(contents, [images[position].label for position in group])
    return [[group[place] for place in places] for places in same]


def check_no_class_is_lost(before: Iterable[str], after: Iterable[str]) -> None:
    """Raises InvalidZip if there is a class whose images all have another label, too."""
    if lost := sorted(set(before) - set(after)):
        raise InvalidZip(
            f"Every picture of the class {quoted(lost[0])} is in another class, too, so that none would be left; take "
            "the duplicates under the wrong label out of the zip, or keep them with contradictions=first or "
            "contradictions=keep."
        )


def _choice(groups: Sequence[list[int]], images: Sequence[LabeledImage], options: UploadOptions) -> Choice:
    files = sum(map(len, groups))
    first, second = _different(groups[0], images)
    values = [
        ChoiceValue(value="leave_out", title="Leave them out", effect=f"none of the {files:,} files is used"),
        ChoiceValue(value="first", title="Keep the first", effect="each picture is used under its first class by name"),
        ChoiceValue(value="keep", title="Keep all", effect="the network is told both"),
    ]
    pictures = "1 picture is" if len(groups) == 1 else f"{len(groups):,} pictures are"
    return Choice(
        option="contradictions",
        title=f"{pictures} in more than one class",
        text=f"{quoted(first.entry.name)} and {quoted(second.entry.name)} are the same file, in the classes "
        f"{quoted(first.label)} and {quoted(second.label)}. No network can learn both.",
        values=values,
        chosen=options.contradictions or "leave_out",
        examples=[images[position].entry.name for group in groups for position in group][:MAX_EXAMPLES],
    )


def _different(group: Sequence[int], images: Sequence[LabeledImage]) -> tuple[LabeledImage, LabeledImage]:
    first = images[group[0]]
    return first, next(images[position] for position in group if images[position].label != first.label)
