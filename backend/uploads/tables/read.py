"""Reads one file of a zip as a table of labels."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from zipfile import ZipFile

from backend.datasets.schemas import UploadOptions
from backend.uploads.archive.entries import Entry, read_entry
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.schemas import ColumnRole, TableColumn, TableRead
from backend.uploads.tables.columns import (
    MIN_NAMED_SHARE,
    SHOWN_ROWS,
    Columns,
    Sample,
    find_image_column,
    read_columns,
    take_sample,
    with_options,
)
from backend.uploads.tables.dialect import TextTable, find_dialect
from backend.uploads.tables.file_index import FileIndex, Path
from backend.uploads.tables.labels import Labels, TableReader, split_meanings
from backend.uploads.tables.text import read_text

MAX_TABLE_BYTES = 64 * 1024**2
ROLES: list[ColumnRole] = ["image", "class", "split", "slices", "ignored"]


@dataclass(frozen=True)
class Table:
    """A file that can be read as rows; `title` says how, such as `Semicolons, UTF-8`."""

    file: str
    folder: Path
    title: str
    rows: Callable[[], Iterator[list[str]]]


@dataclass(frozen=True)
class LabelsTable:
    """A table that names images of the zip; `labels` has none where no column is the class."""

    table: Table
    columns: Columns
    sample: Sample
    labels: Labels

    def as_read(self) -> TableRead:
        columns = [
            TableColumn(name=name, role=self.columns.role(at), roles=ROLES)
            for at, name in enumerate(self.columns.names)
        ]
        first = self.sample.first[self.columns.skip :][:SHOWN_ROWS]
        return TableRead(file=self.table.file, text=self._text(), columns=columns, rows=first)

    def _text(self) -> str:
        header = "names in the first row" if self.columns.has_header else "no names of columns"
        named = self.labels.count - len(self.labels.absent)
        return f"{self.table.title}, {header}. {named:,} of {self.labels.count:,} rows name an image."


class NoLabels(Exception):
    """A file is no table of labels of these images; the message says what it is, after its name."""

    def __init__(self, message: str, has_columns: bool = True) -> None:
        super().__init__(message)
        self.has_columns = has_columns


def open_table(archive: ZipFile, entry: Entry, path: Path, files: FileIndex) -> Table:
    """Raises InvalidZip if the file is too large or no text."""
    file = "/".join(path)
    if entry.info.file_size > MAX_TABLE_BYTES:
        raise InvalidZip(
            f"{file} unpacks to {entry.info.file_size / 1024**2:,.0f} MiB; a table may have at most "
            f"{MAX_TABLE_BYTES // 1024**2} MiB. Keep the rows of the zip's images.",
            too_large=True,
        )
    text = read_text(file, read_entry(archive, entry))
    dialect = find_dialect(text, files, path[:-1])
    return Table(file, path[:-1], f"{dialect.title}, {text.title}", TextTable(text, dialect).rows)


def read_labels(table: Table, files: FileIndex, options: UploadOptions, may_guess: bool) -> LabelsTable:
    """Reads the labels of a table; a class column whose name doesn't say so is taken where it `may_guess`.

    Raises:
        NoLabels: No column names files of the zip, or none is the class.
        InvalidZip: The table can't be read, or too many of its rows name no file or no single class.
    """
    sample = take_sample(table.file, table.rows())
    if sample.width < 2:
        raise NoLabels("has no columns", has_columns=False)
    image, share = find_image_column(sample, files, table.folder)
    if image is None or share < MIN_NAMED_SHARE:
        raise NoLabels(_no_images(sample, files))
    columns = read_columns(sample, image, files, table.folder, may_guess)
    columns = with_options(columns, options.column or [], table.file)
    if columns.label is None and not columns.one_hot:
        raise NoLabels(f"names images, but no column is a class; its columns are {_shown(columns.names)}")
    values = [] if columns.split is None else [row[columns.split] for row in sample.spread[columns.skip :]]
    reader = TableReader(table.file, table.folder, columns, files, split_meanings(columns, values))
    return LabelsTable(table, columns, sample, reader.read(islice(table.rows(), columns.skip, None)))


def _no_images(sample: Sample, files: FileIndex) -> str:
    names = _shown(["/".join(path) for path in islice(files.paths(), 3)])
    second = f", and its second {_shown(sample.first[1])}" if len(sample.first) > 1 else ""
    first = _shown(sample.first[0])
    return f"has no column that names images of the zip. Its first row is {first}{second}; images are {names}"


def _shown(values: list[str]) -> str:
    shown = ", ".join(quoted(value) for value in values[:8])
    return f"{shown}, …" if len(values) > 8 else shown
