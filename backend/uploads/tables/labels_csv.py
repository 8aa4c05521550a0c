"""Reads the classes of images from a labels.csv (`file,label`, and further columns)."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from zipfile import ZipFile

from backend.datasets.schemas import SkippedEntry
from backend.requests import bad_character
from backend.uploads.archive.entries import Entry, read_entry
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.class_names import class_name
from backend.uploads.layout.types import LabeledImage, Paths

LABELS_FILE = "labels.csv"
SPLIT_FOLDERS = {"train", "test"}
MAX_COLUMNS = 20  # of labels.csv, beside file and label
MAX_COLUMN_LENGTH = 100  # characters of a name
MAX_VALUE_LENGTH = 200  # characters


@dataclass(frozen=True)
class LabelsTable:
    """labels.csv: the names of its further columns, and by file name the class and their values."""

    columns: tuple[str, ...]
    rows: dict[str, tuple[str, ...]]


def labeled_images(table: LabelsTable, files: Paths) -> tuple[list[LabeledImage], list[SkippedEntry]]:
    """Returns the images that the table lists, and the files that it does not list."""
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


def read_table(archive: ZipFile, table: Entry) -> LabelsTable:
    """Raises InvalidZip if the table can't be read."""
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
    return LabelsTable(columns, labels)


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
    labels[name] = (class_name(row[1].strip()), *values, *[""] * (columns - len(values)))
