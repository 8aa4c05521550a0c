"""Reads one file of a zip as a table of labels."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from zipfile import ZipFile

from backend.datasets.schemas import UploadOptions
from backend.uploads.archive.entries import Entry, read_entry
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.schemas import ColumnRole, Part, TableColumn, TableRead
from backend.uploads.tables.class_names import ClassNames
from backend.uploads.tables.columns import find_image_column, read_columns
from backend.uploads.tables.file_index import FileIndex, Path
from backend.uploads.tables.labels import MAX_SLICE_COLUMNS, Labels, Row, TableReader, check_no_boxes
from backend.uploads.tables.roles import Columns, with_options
from backend.uploads.tables.rows import json_rows
from backend.uploads.tables.rows.dialect import TextTable, find_dialect
from backend.uploads.tables.rows.sample import Sample, take_sample
from backend.uploads.tables.rows.text import Text, harmless, read_text
from backend.uploads.tables.values import column_problem, split_meanings

MIN_NAMED_SHARE = 0.3  # of the rows; a column that names fewer images is none of images
MAX_TABLE_BYTES = 64 * 1024**2
SHOWN_ROWS = 4
MAX_QUOTED = 8  # values in a message
SHOWN_COLUMNS = 40
ROLES: list[ColumnRole] = ["image", "class", "split", "slices", "ignored"]


@dataclass(frozen=True)
class Table:
    """A file that can be read as rows, again and again; `title` says how, such as `Semicolons, UTF-8`."""

    file: str
    folder: Path
    title: str
    rows: Callable[[], Iterable[list[str]]]


@dataclass(frozen=True)
class LabelsTable:
    """A table that names images of the zip and their classes.

    `strength` is how literally it names images. `names` are those of classes that are numbers.
    """

    table: Table
    columns: Columns
    sample: Sample
    labels: Labels
    strength: float
    names: ClassNames | None = None

    @property
    def file(self) -> str:
        return self.table.file

    def class_of(self, row: Row) -> str:
        return self.names.of(row.label) if self.names else row.label

    def is_named(self, name: str) -> bool:
        """True if the option `table` means this one: by its path, or its name alone."""
        return name in (self.file, self.file.rpartition("/")[2])

    @cached_property
    def _kept(self) -> dict[str, int]:
        """Returns the names of the columns whose values are kept, with their positions in a row's values."""
        positions = enumerate(self.columns.slices[:MAX_SLICE_COLUMNS])
        return {
            self.columns.names[at]: position for position, at in positions if self.columns.names[at] not in self._bad
        }

    @cached_property
    def _bad(self) -> dict[str, str]:
        rows = self.labels.rows.values()
        positions = enumerate(self.columns.slices[:MAX_SLICE_COLUMNS])
        problems = {
            self.columns.names[at]: column_problem(row.values[position] for row in rows) for position, at in positions
        }
        return {name: problem for name, problem in problems.items() if problem}

    @property
    def kept_names(self) -> tuple[str, ...]:
        return tuple(self._kept)

    @property
    def not_kept(self) -> list[str]:
        """Columns that can't be kept, with the reason."""
        further = self.columns.slices[MAX_SLICE_COLUMNS:]
        limit = f"{len(further):,} columns after the first {MAX_SLICE_COLUMNS}"
        return [f"{quoted(name)}: {problem}" for name, problem in self._bad.items()] + ([limit] if further else [])

    def kept_values(self, row: Row, names: Iterable[str]) -> tuple[str, ...]:
        """Returns a row's values of columns, empty ones for columns that this table lacks."""
        return tuple(row.values[self._kept[name]] if name in self._kept else "" for name in names)

    def as_part(self, has_folders: bool) -> Part:
        """Returns the row of the table, which may be left out where the zip has folders that may be the classes."""
        text = f"{self.labels.count:,} rows, {len(self.columns.names):,} columns"
        return Part(path=self.file, text=text, role="labels", roles=["labels", "left_out"] if has_folders else [])

    def as_read(self) -> TableRead:
        columns = [
            TableColumn(name=name, role=self.columns.role(at), roles=ROLES)
            for at, name in enumerate(self.columns.names[:SHOWN_COLUMNS])
        ]
        first = self.sample.first[self.columns.skip :][:SHOWN_ROWS]
        rows = [[harmless(value) for value in row[:SHOWN_COLUMNS]] for row in first]
        return TableRead(file=self.file, text=self._text(), columns=columns, rows=rows)

    def _text(self) -> str:
        header = "names in the first row" if self.columns.has_header else "no names of columns"
        named = self.labels.count - len(self.labels.absent) - len(self.labels.ambiguous)
        classes = f" {self.names.file} names the classes." if self.names else ""
        return f"{self.table.title}, {header}. {named:,} of {self.labels.count:,} rows name an image.{classes}"


class NoLabels(Exception):
    """A file is no table of labels of these images; the message says what it is, after its name."""

    def __init__(self, message: str, has_columns: bool = True) -> None:
        super().__init__(message)
        self.has_columns = has_columns


def open_text(archive: ZipFile, entry: Entry, path: Path) -> Text:
    """Raises InvalidZip if the file is too large or no text."""
    file = "/".join(path)
    if entry.info.file_size > MAX_TABLE_BYTES:
        raise InvalidZip(
            f"{file} unpacks to {entry.info.file_size / 1024**2:,.0f} MiB; a table may have at most "
            f"{MAX_TABLE_BYTES // 1024**2} MiB. Keep the rows of the zip's images.",
            too_large=True,
        )
    return read_text(file, read_entry(archive, entry))


def open_table(text: Text, path: Path, files: FileIndex) -> Table:
    """Raises InvalidZip if a line can't be read, or JSON has boxes."""
    if path[-1].casefold().endswith(json_rows.SUFFIXES):
        return Table(text.file, path[:-1], f"JSON, {text.title}", json_rows.read_json(text).rows)
    dialect = find_dialect(text, files, path[:-1])
    return Table(text.file, path[:-1], f"{dialect.title}, {text.title}", TextTable(text, dialect).rows)


def read_labels(table: Table, files: FileIndex, options: UploadOptions, may_guess: bool) -> LabelsTable:
    """Reads the labels of a table; a class column whose name doesn't say so is taken where it `may_guess`.

    Raises:
        NoLabels: No column names files of the zip, or none is the class.
        InvalidZip: The table can't be read, or too many of its rows name no file or no single class.
    """
    sample = take_sample(table.file, table.rows())
    if sample.width < 2:
        raise NoLabels("has no columns", has_columns=False)
    image = find_image_column(sample, files, table.folder)
    if image is None or image.share < MIN_NAMED_SHARE:
        raise NoLabels(_no_images(sample, files))
    folder = files.common_folder([row[image.position] for row in sample.spread], table.folder, table.file)
    columns = read_columns(sample, image.position, files, folder, may_guess)
    columns = with_options(columns, options.column or [], table.file)
    if columns.label is None and not columns.one_hot:
        check_no_boxes(table.file, columns)
        raise NoLabels(
            f"names images, but no column is a class: its columns are {_first_quoted(columns.names)}. Name the "
            f"one that is, such as column=species:class, or change its name to label{_values(columns, sample)}"
        )
    values = [] if columns.split is None else [row[columns.split] for row in sample.spread[columns.skip :]]
    reader = TableReader(table.file, folder, columns, files, split_meanings(columns, values))
    labels = reader.read(islice(table.rows(), columns.skip, None))
    return LabelsTable(table, columns, sample, labels, image.strength)


def _no_images(sample: Sample, files: FileIndex) -> str:
    names = _first_quoted(["/".join(path) for path in islice(files.paths(), 3)])
    second = f", and its second {_first_quoted(sample.first[1])}" if len(sample.first) > 1 else ""
    return (
        f"has no column that names the images of the zip. Its first row is {_first_quoted(sample.first[0])}{second}; "
        f"images are {names}. Write the names of the files into a column"
    )


def _values(columns: Columns, sample: Sample) -> str:
    """Returns the column whose values are as many as its rows, which is why it is no class, or an empty string."""
    rows = sample.spread[columns.skip :]
    single = (at for at in columns.slices if len(rows) > 1 and len({row[at] for row in rows}) == len(rows))
    return next((f"; {quoted(columns.names[at])} has another value in each row" for at in single), "")


def _first_quoted(values: list[str]) -> str:
    quotes = ", ".join(quoted(value) for value in values[:MAX_QUOTED])
    return f"{quotes}, …" if len(values) > MAX_QUOTED else quotes
