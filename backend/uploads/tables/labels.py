"""Reads the rows of a table: the label, split and further values of each file that it names, and what is left out."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.schemas import PartRole
from backend.uploads.tables.file_index import FileIndex, Path
from backend.uploads.tables.roles import Columns
from backend.uploads.tables.rows.json_rows import BOXES
from backend.uploads.tables.rows.text import harmless
from backend.uploads.tables.values import label_names
from backend.uploads.tables.words import NO, YES

MAX_LEFT_OUT_SHARE = 0.1  # as of broken images
MAX_SLICE_COLUMNS = 20
EXAMPLES = 3
BETWEEN_CLASSES = re.compile(r"\s*[|;,/&+]\s*")
BOX_COLUMNS = {"xmin", "x_min", "x1", "xmax", "bbox", "bbox_x", "left", "bounding_box", "region_shape_attributes"}


@dataclass(frozen=True)
class Row:
    """What a table says of one file."""

    label: str
    split: PartRole | None
    values: tuple[str, ...]


@dataclass
class Labels:
    """What a table says of the files of the zip.

    `absent` rows name no file, and `ambiguous` ones several. `several` has the classes of files that get more than one,
    and `unlabeled` are files that get none.
    """

    rows: dict[Path, Row] = field(default_factory=dict)
    count: int = 0
    absent: list[str] = field(default_factory=list)
    ambiguous: list[tuple[str, tuple[Path, ...]]] = field(default_factory=list)
    several: dict[Path, set[str]] = field(default_factory=dict)
    unlabeled: set[Path] = field(default_factory=set)

    def reason(self, path: Path) -> str | None:
        """Returns why a file that the table names is left out, as the predicate of a sentence."""
        if path in self.several:
            return f"gives it several classes, {' and '.join(map(quoted, sorted(self.several[path])[:EXAMPLES]))}"
        return "gives it no class" if path in self.unlabeled else None


@dataclass(frozen=True)
class TableReader:
    """Reads the rows of the table `file`, which lies in `folder` of the zip."""

    file: str
    folder: Path
    columns: Columns
    files: FileIndex
    splits: Mapping[str, PartRole]

    def read(self, rows: Iterable[Sequence[str]]) -> Labels:
        """Raises InvalidZip if too many rows name no file of the zip, or no single class."""
        labels = Labels()
        for row in rows:
            labels.count += 1
            self._read_row(labels, row)
        self._find_joined_classes(labels)
        for path in labels.several:
            labels.rows.pop(path, None)
        labels.unlabeled -= labels.rows.keys() | labels.several.keys()
        self._check_files(labels)
        self._check_classes(labels)
        return labels

    def _read_row(self, labels: Labels, row: Sequence[str]) -> None:
        value = _cell(row, self.columns.image)
        match = self.files.find(value, self.folder)
        names = self._labels(row)
        if not match.paths:
            labels.absent.append(harmless(value))
        elif match.path is None:
            labels.ambiguous.append((harmless(value), match.paths))
        elif not names:
            labels.unlabeled.add(match.path)
        elif len(names) > 1:
            labels.several.setdefault(match.path, set()).update(names)
        else:
            self._add(labels, match.path, Row(names[0], self._split(row), self._values(row)))

    def _add(self, labels: Labels, path: Path, row: Row) -> None:
        known = labels.rows.setdefault(path, row)
        if known.label != row.label:
            labels.several.setdefault(path, {known.label}).add(row.label)

    def _labels(self, row: Sequence[str]) -> list[str]:
        if self.columns.label is None:
            flags = [at for at in self.columns.one_hot if _cell(row, at) not in NO]
            return [self.columns.names[at] for at in flags if _cell(row, at).casefold() in YES]
        return label_names(_cell(row, self.columns.label))

    def _split(self, row: Sequence[str]) -> PartRole | None:
        if self.columns.split is None:
            return None
        return self.splits.get(_cell(row, self.columns.split).casefold())

    def _values(self, row: Sequence[str]) -> tuple[str, ...]:
        return tuple(unicodedata.normalize("NFC", _cell(row, at)) for at in self.columns.slices[:MAX_SLICE_COLUMNS])

    def _find_joined_classes(self, labels: Labels) -> None:
        """Notes labels such as `cat|dog`, where other images are a cat or a dog."""
        known = {row.label for row in labels.rows.values()}
        joined = {label: set(parts) for label in known if len(parts := BETWEEN_CLASSES.split(label)) > 1}
        for path, row in labels.rows.items():
            if row.label in joined and joined[row.label] <= known:
                labels.several.setdefault(path, set()).update(joined[row.label])

    def _check_files(self, labels: Labels) -> None:
        limit = MAX_LEFT_OUT_SHARE * labels.count
        column = quoted(self.columns.names[self.columns.image])
        if len(labels.absent) > limit:
            raise InvalidZip(
                f"{len(labels.absent):,} of the {labels.count:,} rows of {self.file} name no image of the zip, more "
                f"than one in ten. In its column {column} are {_examples(labels.absent)}; "
                f"{self._example_files(labels)} Add the images, or remove these rows."
            )
        if len(labels.ambiguous) > limit:
            value, paths = labels.ambiguous[0]
            raise InvalidZip(
                f"{len(labels.ambiguous):,} of the {labels.count:,} rows of {self.file} fit several images: "
                f"{quoted(value)} fits {_examples(['/'.join(path) for path in paths])}. Write the folders into the "
                f"column {column}, too."
            )

    def _check_classes(self, labels: Labels) -> None:
        if not labels.rows and not labels.several:
            raise InvalidZip(f"{self.file} gives no image a class; fill its column of classes.")
        if len(labels.several) > MAX_LEFT_OUT_SHARE * (len(labels.rows) + len(labels.several)):
            check_no_boxes(self.file, self.columns)
            path, names = next(iter(labels.several.items()))
            raise InvalidZip(
                f"{self.file} gives several classes to {len(labels.several):,} of its images, more than one in ten: "
                f"{quoted('/'.join(path))} is {' and '.join(map(quoted, sorted(names)[:EXAMPLES]))}. Each image "
                "needs one class: remove the other rows, or choose the column that has it."
            )

    def _example_files(self, labels: Labels) -> str:
        unnamed = ["/".join(path) for path in self.files.paths() if path not in labels.rows][:EXAMPLES]
        return f"images without a row are {_examples(unnamed)}." if unnamed else "each image of the zip has its row."


def check_no_boxes(file: str, columns: Columns) -> None:
    """Raises InvalidZip if columns are those of boxes."""
    if BOX_COLUMNS & {name.casefold() for name in columns.names}:
        raise InvalidZip(f"{file} {BOXES}")


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _examples(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in names[:EXAMPLES])
