"""Finds the layout of an uploaded zip: which entry is an image of which class and split.

Known are class folders, also below train/, validation/ and test/ or names like them, file names that say the class, and
a labels.csv (`file,label`, and further columns).
"""

from collections.abc import Sequence
from zipfile import ZipFile

from backend.datasets.schemas import UploadOptions
from backend.uploads.archive.entries import Entry
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.class_names import MAX_CLASSES
from backend.uploads.layout.folders import ReadFolders, read_folders
from backend.uploads.layout.left_out import leave_out
from backend.uploads.layout.split_classes import settle_splits
from backend.uploads.layout.types import LabeledImage, Layout
from backend.uploads.tables.labels_csv import LABELS_FILE, labeled_images, read_table


def find_layout(archive: ZipFile, entries: Sequence[Entry], options: UploadOptions) -> Layout:
    """Returns the classes and images of a zip, and the files that are left out.

    Raises:
        InvalidZip: it has no images, fewer than two classes, or another layout.
    """
    kept, left_out = leave_out(entries)
    files = _without_wrapping_folder({entry.parts: entry for entry in kept if not entry.is_folder})
    table = next((path for path in files if len(path) == 1 and path[0].casefold() == LABELS_FILE), None)
    columns: tuple[str, ...] = ()
    if table is not None and options.labels_from in (None, "table"):
        labels = read_table(archive, files.pop(table))
        images, skipped = labeled_images(labels, files)
        read = ReadFolders(images, skipped)
        columns = labels.columns
    else:
        read = read_folders(files, options)
    settled = settle_splits(sorted(read.images, key=lambda image: image.entry.name))
    classes = {image.label for image in settled.images}
    _check_classes(classes, settled.images)
    return Layout(
        sorted(classes),
        settled.images,
        read.skipped + settled.skipped + [skipped for group in left_out for skipped in group.skipped],
        columns,
        read.description,
        parts=read.parts + [group.part for group in left_out],
        warnings=settled.warnings,
        choices=read.choices,
    )


def _without_wrapping_folder(paths: dict[tuple[str, ...], Entry]) -> dict[tuple[str, ...], Entry]:
    """Removes the outer folders that contain nothing but one other folder."""
    while len({path[0] for path in paths}) == 1:
        below = {path[1:]: entry for path, entry in paths.items() if len(path) > 1}
        if not any(len(path) > 1 or path[0].casefold() == LABELS_FILE for path in below):
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
