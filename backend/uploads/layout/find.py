"""Finds the layout of an uploaded zip: which entry is an image of which class and split.

Known are class folders, also below train/, validation/ and test/ or names like them, file names that say the class, and
tables.
"""

from collections.abc import Sequence
from zipfile import ZipFile

from backend.datasets.schemas import UploadOptions
from backend.uploads.archive.entries import Entry
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.class_names import MAX_CLASSES
from backend.uploads.layout.folders import read_folders
from backend.uploads.layout.left_out import leave_out
from backend.uploads.layout.split_classes import settle_splits
from backend.uploads.layout.types import LabeledImage, Layout
from backend.uploads.tables.find import find_tables, is_table


def find_layout(archive: ZipFile, entries: Sequence[Entry], options: UploadOptions) -> Layout:
    """Returns the classes and images of a zip, and the files that are left out.

    Raises:
        InvalidZip: it has no images, fewer than two classes, or another layout.
    """
    kept, left_out = leave_out(entries)
    files = _without_wrapping_folder({entry.parts: entry for entry in kept if not entry.is_folder})
    tables = find_tables(archive, files, options)
    try:
        read = tables.labeling or read_folders(files, options)
        settled = settle_splits(sorted(read.images, key=lambda image: image.entry.name))
        _check_classes({image.label for image in settled.images}, settled.images)
    except InvalidZip as error:
        raise tables.problem or error from error
    return Layout(
        sorted({image.label for image in settled.images}),
        settled.images,
        read.skipped + settled.skipped + [skipped for group in left_out for skipped in group.skipped],
        read.columns,
        read.description,
        parts=read.parts + [group.part for group in left_out],
        table=read.table,
        warnings=read.warnings + settled.warnings,
        choices=read.choices,
    )


def _without_wrapping_folder(paths: dict[tuple[str, ...], Entry]) -> dict[tuple[str, ...], Entry]:
    """Removes the outer folders that contain nothing but one other folder."""
    while len({path[0] for path in paths}) == 1:
        below = {path[1:]: entry for path, entry in paths.items() if len(path) > 1}
        if not any(len(path) > 1 or is_table(path) for path in below):
            break
        paths = below
    return paths


def _check_classes(classes: set[str], images: Sequence[LabeledImage]) -> None:
    if not images:
        raise InvalidZip("There are no images in the zip: it needs a folder with images for each class.")
    if len(classes) < 2:
        raise InvalidZip(f"There is only the class {quoted(*classes)}; at least two classes are needed.")
    if len(classes) > MAX_CLASSES:
        raise InvalidZip(f"There are {len(classes):,} classes; at most {MAX_CLASSES:,} are allowed.", too_large=True)
