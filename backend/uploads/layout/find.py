"""Finds the layout of an uploaded zip: which entry is an image of which class and split.

Known are class folders, train/ and test/ with class folders, and a labels.csv (`file,label`, and further columns).
"""

from collections.abc import Sequence
from zipfile import ZipFile

from backend.uploads.archive.entries import Entry
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.class_names import class_name
from backend.uploads.layout.folders import class_folders, read_folders
from backend.uploads.layout.types import LabeledImage, Layout
from backend.uploads.tables.labels_csv import LABELS_FILE, labeled_images, read_table

MAX_CLASSES = 1000
SYSTEM_FILES = {"thumbs.db", "desktop.ini"}


def find_layout(archive: ZipFile, entries: Sequence[Entry]) -> Layout:
    """Returns the classes and images of a zip, and the files that are neither.

    Raises:
        InvalidZip: it has no images, fewer than two classes, a class without images, or another layout.
    """
    paths = _without_wrapping_folder({entry.parts: entry for entry in entries if not _is_system_file(entry)})
    files = {path: entry for path, entry in paths.items() if not entry.info.is_dir()}
    table = next((path for path in files if len(path) == 1 and path[0].casefold() == LABELS_FILE), None)
    columns: tuple[str, ...] = ()
    if table is not None:
        labels = read_table(archive, files.pop(table))
        images, skipped = labeled_images(labels, files)
        columns = labels.columns
        classes = {image.label for image in images}
    else:
        images, skipped = read_folders(paths)
        classes = {class_name(path[-1]) for path in class_folders(paths)}
    images.sort(key=lambda image: image.entry.name)
    _check_classes(classes, images)
    return Layout(sorted(classes), images, skipped, columns)


def _is_system_file(entry: Entry) -> bool:
    """True for hidden files and for those that operating systems add to folders and zips."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in entry.parts)
    return hidden or entry.parts[-1].casefold() in SYSTEM_FILES


def _without_wrapping_folder(paths: dict[tuple[str, ...], Entry]) -> dict[tuple[str, ...], Entry]:
    """Removes the outer folders that contain nothing but one other folder."""
    while len({path[0] for path in paths}) == 1:
        below = {path[1:]: entry for path, entry in paths.items() if len(path) > 1}
        if not any(len(path) > 1 or path[0].casefold() == LABELS_FILE or below[path].info.is_dir() for path in below):
            break
        paths = below
    return paths


def _check_classes(classes: set[str], images: Sequence[LabeledImage]) -> None:
    if not images:
        raise InvalidZip("There are no images in the zip: it needs a folder with images for each class.")
    for split in sorted({image.split for image in images}, key=str):
        with_images = {image.label for image in images if image.split == split}
        if empty := sorted(classes - with_images):
            where = f" in {split}/" if split else ""
            raise InvalidZip(f"The class {quoted(empty[0])} has no images{where}; fill its folder, or remove it.")
    if len(classes) < 2:
        raise InvalidZip(f"There is only the class {quoted(*classes)}; at least two classes are needed.")
    if len(classes) > MAX_CLASSES:
        raise InvalidZip(f"There are {len(classes):,} classes; at most {MAX_CLASSES:,} are allowed.", too_large=True)
