"""Summarizes a zip's layout as a `Look`: counts by split, and a few pictures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from backend.datasets.schemas import Skipped, UploadOptions
from backend.uploads.archive.entries import Entry, list_entries, open_zip
from backend.uploads.layout.find import find_layout
from backend.uploads.layout.types import Layout
from backend.uploads.look.duplicates import duplicates_across_splits, notices, without_duplicates
from backend.uploads.look.few_images import check_held_out, few_images
from backend.uploads.look.schemas import ClassLook, LayoutRead, Look, UploadChoice, UploadNotice
from backend.uploads.schemas import Notice, TableRead

if TYPE_CHECKING:
    from backend.uploads.look.thumbnails import Thumbnails

MAX_LISTED = 100  # left-out files that are named
MAX_EXAMPLES = 20  # of one warning or choice
MAX_CELL_LENGTH = 200  # characters of a table's cell


def make_look(path: Path, options: UploadOptions, with_pictures: bool = True) -> Look:
    """Returns what would be stored of the zip at `path`.

    Raises:
        InvalidZip: it can't become a dataset.
    """
    with open_zip(path) as archive:
        entries = list_entries(archive, options.name_encoding)
        layout = find_layout(archive, entries, options)
        thumbnails = _thumbnails(archive, entries, layout, options) if with_pictures else None
        twice = duplicates_across_splits(archive, layout.images) if with_pictures else []
    layout = without_duplicates(layout, twice)
    counts = _counts(layout, options.test_fraction)
    check_held_out(counts)
    warnings = [*layout.warnings, *few_images(counts), *notices(twice)]
    warnings += [*thumbnails.unreadable(), *thumbnails.more_pages()] if thumbnails else []
    return Look(
        layout=LayoutRead(description=layout.description, parts=layout.parts, table=_short_table(layout)),
        splits=_total(counts),
        draws_test=all(image.split is None for image in layout.images),
        classes=_classes(layout, counts, thumbnails),
        left_out=Skipped(count=len(layout.skipped), items=layout.skipped[:MAX_LISTED]),
        warnings=[UploadNotice(**_short(warning)) for warning in warnings],
        choices=[UploadChoice(**_short(choice)) for choice in layout.choices],
        files=sum(not entry.is_folder for entry in entries),
        bytes=path.stat().st_size,
        originals=thumbnails.originals() if thumbnails else None,
        pictures=thumbnails.examples if thumbnails else {},
    )


def _thumbnails(archive: ZipFile, entries: Sequence[Entry], layout: Layout, options: UploadOptions) -> "Thumbnails":
    from backend.uploads.look.thumbnails import Thumbnails  # NumPy and Pillow take half of the time without pictures

    thumbnails = Thumbnails(archive, options, layout.value_range)
    thumbnails.read_examples([*layout.choices, *layout.warnings], {entry.name: entry for entry in entries})
    thumbnails.read_classes(layout.images)
    return thumbnails


def _counts(layout: Layout, test_fraction: float) -> dict[str, dict[str, int]]:
    """Returns the number of images by class and split; where the zip has no splits, as they will be drawn."""
    counted = Counter((image.label, image.split) for image in layout.images)
    splits = sorted({split for _, split in counted}, key=_position)
    if splits == [None]:
        return {name: _drawn(counted[name, None], test_fraction) for name in layout.classes}
    return {name: {str(split): counted[name, split] for split in splits} for name in layout.classes}


def _classes(layout: Layout, counts: Mapping[str, dict[str, int]], thumbnails: "Thumbnails | None") -> list[ClassLook]:
    return [
        ClassLook(name=name, counts=counts[name], images=thumbnails.of_class(name) if thumbnails else [])
        for name in layout.classes
    ]


def _position(split: str | None) -> int:
    order = ("train", "validation", "test")
    return order.index(split) if split in order else len(order)


def _drawn(images: int, test_fraction: float) -> dict[str, int]:
    """Equal images, which stay in one split, may change this by a few."""
    test = min(max(1, round(images * test_fraction)), images - 1)
    return {"train": images - test, "test": test}


def _total(counts: Mapping[str, dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for by_split in counts.values():
        total.update(by_split)
    return dict(total)


def _short_table(layout: Layout) -> TableRead | None:
    """Returns the table with long cells cut, so that a look is small whatever a zip has."""
    if layout.table is None:
        return None
    rows = [[cell[:MAX_CELL_LENGTH] for cell in row] for row in layout.table.rows]
    return layout.table.model_copy(update={"rows": rows})


def _short(notice: Notice) -> dict[str, Any]:
    return {**dict(notice), "examples": notice.examples[:MAX_EXAMPLES]}
