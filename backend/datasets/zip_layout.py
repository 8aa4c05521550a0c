"""Finds the layout of an uploaded zip: which entry is an image of which class and split.

Known are class folders, train/ and test/ with class folders, and a labels.csv (`file,label`, and further columns).
"""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from zipfile import ZipFile

from backend.datasets.schemas import SkippedEntry
from backend.datasets.zip_entries import Entry, read_entry
from backend.datasets.zip_rules import InvalidZip, quoted
from backend.requests import bad_character

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".jpe", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm"}
MAX_CLASSES = 1000
MAX_CLASS_LENGTH = 100
LABELS_FILE = "labels.csv"
MAX_COLUMNS = 20  # of labels.csv, beside file and label
MAX_COLUMN_LENGTH = 100  # characters of a name
MAX_VALUE_LENGTH = 200  # characters
SPLIT_FOLDERS = {"train", "test"}
SYSTEM_FILES = {"thumbs.db", "desktop.ini"}

Paths = Mapping[tuple[str, ...], Entry]
"""Entries by the parts of their path below the wrapping folder."""


@dataclass(frozen=True)
class LabeledImage:
    """An entry to decode, and its class. `split` is None where the zip is not divided into train/ and test/.

    `values` are those of the further columns of labels.csv, and `folder` is the path that it names before the file.
    """

    entry: Entry
    label: str
    split: str | None
    values: tuple[str, ...] = ()
    folder: str = ""


@dataclass(frozen=True)
class Layout:
    """`classes` and `images` are sorted by name, so that they do not depend on the order of the zip."""

    classes: list[str]
    images: list[LabeledImage]
    skipped: list[SkippedEntry]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Table:
    """labels.csv: the names of its further columns, and by file name the class and their values."""

    columns: tuple[str, ...]
    rows: dict[str, tuple[str, ...]]


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
        labels = _read_labels(archive, files.pop(table))
        images, skipped = _read_labels_layout(labels, files)
        columns = labels.columns
        classes = {image.label for image in images}
    else:
        images, skipped = _read_folder_layout(paths)
        classes = {_class_name(path[-1]) for path in _class_folders(paths)}
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


def _has_split_folders(folders: set[str]) -> bool:
    """True if the zip is divided into train/ and test/. Raises InvalidZip if it has another folder next to them."""
    if not {folder.casefold() for folder in folders} >= SPLIT_FOLDERS:
        return False
    if others := sorted(folder for folder in folders if folder.casefold() not in SPLIT_FOLDERS):
        raise InvalidZip(f"Next to train and test there is a folder {quoted(others[0])}; remove it from the zip.")
    return True


def _class_folders(paths: Paths) -> set[tuple[str, ...]]:
    """Returns the paths of the class folders, empty ones included."""
    folders = {path[:depth] for path in paths for depth in range(1, len(path))}
    folders |= {path for path, entry in paths.items() if entry.info.is_dir()}
    depth = 2 if _has_split_folders({path[0] for path in folders}) else 1
    return {path for path in folders if len(path) == depth}


def _read_folder_layout(paths: Paths) -> tuple[list[LabeledImage], list[SkippedEntry]]:
    folders = _class_folders(paths)
    depth = len(next(iter(folders), ()))
    images, skipped = [], []
    for path, entry in paths.items():
        if entry.info.is_dir():
            continue
        if len(path) > depth + 1:
            expected = "train/class/file" if depth == 2 else "class/file"
            raise InvalidZip(f"The entry {quoted(entry.name)} lies deeper than {expected}; move its folder up.")
        if reason := _not_an_image(path[-1]) or ("" if path[:-1] in folders else "it is not in a class folder"):
            skipped.append(SkippedEntry(entry=entry.name, reason=reason))
        else:
            split = path[0].casefold() if depth == 2 else None
            images.append(LabeledImage(entry, _class_name(path[-2]), split))
    return images, skipped


def _not_an_image(name: str) -> str:
    """Returns why a file is not taken for an image, or an empty string. A name without extension is accepted."""
    suffix = PurePosixPath(name).suffix
    if suffix == "" or suffix.casefold() in IMAGE_SUFFIXES:
        return ""
    return f"its file extension is not that of an image ({suffix})"


def _read_labels_layout(table: _Table, files: Paths) -> tuple[list[LabeledImage], list[SkippedEntry]]:
    labels = table.rows
    by_name = {"/".join(path): entry for path, entry in files.items()}
    if missing := next((name for name in labels if name not in by_name), None):
        raise InvalidZip(f"{LABELS_FILE} lists {quoted(missing)}, which is not in the zip next to it.")
    top_folders = {name.partition("/")[0].casefold() for name in labels}
    has_splits = top_folders == SPLIT_FOLDERS
    images = [_labeled(by_name[name], name, row, has_splits) for name, row in labels.items()]
    unlisted = [entry.name for name, entry in by_name.items() if name not in labels]
    return images, [SkippedEntry(entry=name, reason=f"{LABELS_FILE} does not list it") for name in unlisted]


def _labeled(entry: Entry, name: str, row: tuple[str, ...], has_splits: bool) -> LabeledImage:
    label, *values = row
    folder = name.rpartition("/")[0]
    split = None
    if has_splits:
        split, _, folder = folder.partition("/")
    return LabeledImage(entry, label, split and split.casefold(), tuple(values), folder)


def _read_labels(archive: ZipFile, table: Entry) -> _Table:
    try:
        text = read_entry(archive, table).decode("utf-8-sig")
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        columns = _column_names(next(rows, []))
        labels: dict[str, tuple[str, ...]] = {}
        for row in rows:
            if row:
                _add_row(labels, row, rows.line_num, len(columns))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidZip(f"{LABELS_FILE} can't be read as comma-separated UTF-8 text ({error}).") from error
    return _Table(columns, labels)


def _column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Returns the names of the columns after file and label."""
    names = [unicodedata.normalize("NFC", name.strip()) for name in header]
    further = names[2:]
    is_named = all(0 < len(name) <= MAX_COLUMN_LENGTH and not bad_character(name) for name in further)
    if [name.casefold() for name in names[:2]] != ["file", "label"] or not is_named or len(set(further)) < len(further):
        raise InvalidZip(
            f"The first line of {LABELS_FILE} has to be: file,label. Names of further columns may follow; they differ, "
            f"and have 1 to {MAX_COLUMN_LENGTH} characters."
        )
    if len(further) > MAX_COLUMNS:
        raise InvalidZip(
            f"{LABELS_FILE} has {len(further)} columns after file,label; at most {MAX_COLUMNS} are allowed."
        )
    return tuple(further)


def _add_row(labels: dict[str, tuple[str, ...]], row: Sequence[str], line: int, columns: int) -> None:
    if len(row) < 2 or not row[0] or not row[1].strip():
        raise InvalidZip(f"Line {line} of {LABELS_FILE} needs a file and a label, separated by a comma.")
    name = unicodedata.normalize("NFC", row[0].strip().removeprefix("./"))
    if name in labels:
        raise InvalidZip(f"Line {line} of {LABELS_FILE} lists {quoted(name)} again.")
    values = [unicodedata.normalize("NFC", value.strip()) for value in row[2:]]
    if len(values) > columns:
        raise InvalidZip(f"Line {line} of {LABELS_FILE} has {len(row)} values; the first line names {columns + 2}.")
    if wrong := next((value for value in values if len(value) > MAX_VALUE_LENGTH or bad_character(value)), None):
        problem = bad_character(wrong) or f"more than {MAX_VALUE_LENGTH} characters"
        raise InvalidZip(f"The value {quoted(wrong)} in line {line} of {LABELS_FILE} has {problem}; change it.")
    labels[name] = (_class_name(row[1].strip()), *values, *[""] * (columns - len(values)))


def _class_name(folder: str) -> str:
    name = unicodedata.normalize("NFC", folder)
    if not name.strip() or name != name.strip():
        raise InvalidZip(f"The class name {quoted(name)} is empty or begins or ends with a space; rename it.")
    if problem := bad_character(name):
        raise InvalidZip(f"The class name {quoted(name)} has {problem}; rename it.")
    if len(name) > MAX_CLASS_LENGTH:
        raise InvalidZip(f"The class name {quoted(name)} has more than {MAX_CLASS_LENGTH} characters; shorten it.")
    return name


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
