"""Reads the rows of a table: the label, split and further values of each file that it names, and what is left out."""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backend.datasets.schemas import SkippedEntry
from backend.requests import bad_character
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.schemas import PartRole
from backend.uploads.tables.columns import Columns
from backend.uploads.tables.file_index import FileIndex, Match, Path
from backend.uploads.tables.words import NO, SPLIT_VALUES, YES

MAX_LEFT_OUT_SHARE = 0.1  # as of broken images
MAX_SLICE_COLUMNS = 20
MAX_VALUE_LENGTH = 200  # characters
EXAMPLES = 3


@dataclass(frozen=True)
class Row:
    """What a table says of one file."""

    label: str
    split: PartRole | None
    values: tuple[str, ...]


@dataclass
class Labels:
    """What a table says of the files of the zip. `left_out` are its rows that name none, or no single class."""

    rows: dict[Path, Row] = field(default_factory=dict)
    count: int = 0
    unlabeled: int = 0
    left_out: list[SkippedEntry] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    several: dict[Path, set[str]] = field(default_factory=dict)


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
        self._leave_out_contradictions(labels)
        self._check(labels)
        return labels

    def _read_row(self, labels: Labels, row: Sequence[str]) -> None:
        value = _cell(row, self.columns.image)
        match = self.files.find(value, self.folder) if value else Match(())
        names = self._labels(row)
        if match.path is None:
            self._note_absent(labels, value, match)
        elif not names:
            labels.unlabeled += 1
            labels.left_out.append(self._skipped(value, "gives it no class"))
        elif len(names) > 1:
            labels.several[match.path] = set(names)
        else:
            self._add(labels, match.path, Row(names[0], self._split(row), self._values(row)))

    def _add(self, labels: Labels, path: Path, row: Row) -> None:
        known = labels.rows.setdefault(path, row)
        if known.label != row.label:
            labels.several.setdefault(path, {known.label}).add(row.label)

    def _note_absent(self, labels: Labels, value: str, match: Match) -> None:
        if match.paths:
            fitting = " and ".join(quoted("/".join(path)) for path in match.paths[:2])
            labels.left_out.append(self._skipped(value, f"names it, and {fitting} fit; write the folder, too"))
        else:
            labels.left_out.append(self._skipped(value, "names it, and it is not in the zip"))
        labels.absent.append(value)

    def _labels(self, row: Sequence[str]) -> list[str]:
        if self.columns.label is None:
            return [self.columns.names[at] for at in self.columns.one_hot if _cell(row, at).casefold() in YES]
        return label_names(_cell(row, self.columns.label))

    def _split(self, row: Sequence[str]) -> PartRole | None:
        if self.columns.split is None:
            return None
        return self.splits.get(_cell(row, self.columns.split).casefold())

    def _values(self, row: Sequence[str]) -> tuple[str, ...]:
        return tuple(unicodedata.normalize("NFC", _cell(row, at)) for at in self.columns.slices[:MAX_SLICE_COLUMNS])

    def _leave_out_contradictions(self, labels: Labels) -> None:
        for path, names in labels.several.items():
            labels.rows.pop(path, None)
            shown = " and ".join(map(quoted, sorted(names)[:EXAMPLES]))
            labels.left_out.append(self._skipped("/".join(path), f"gives it several classes, {shown}"))

    def _skipped(self, value: str, reason: str) -> SkippedEntry:
        return SkippedEntry(entry=value[:MAX_VALUE_LENGTH], reason=f"{self.file} {reason}")

    def _check(self, labels: Labels) -> None:
        limit = MAX_LEFT_OUT_SHARE * labels.count
        if len(labels.absent) > limit:
            raise InvalidZip(
                f"{len(labels.absent):,} of the {labels.count:,} rows of {self.file} name no file of the zip, more "
                f"than one in ten. In its column {quoted(self.columns.names[self.columns.image])} are "
                f"{_examples(labels.absent)}; {self._files_shown(labels)} Add the files, or remove these rows."
            )
        if len(labels.several) > MAX_LEFT_OUT_SHARE * (len(labels.rows) + len(labels.several)):
            path, names = next(iter(labels.several.items()))
            raise InvalidZip(
                f"{self.file} gives several classes to {len(labels.several):,} images, more than one in ten: "
                f"{quoted('/'.join(path))} is {' and '.join(map(quoted, sorted(names)[:EXAMPLES]))}. Each image needs "
                "one class; remove the other rows, or choose the column that has it."
            )

    def _files_shown(self, labels: Labels) -> str:
        unnamed = ["/".join(path) for path in self.files.paths() if path not in labels.rows][:EXAMPLES]
        return f"files that no row names are {_examples(unnamed)}." if unnamed else "each file of the zip has its row."


def label_names(text: str) -> list[str]:
    """Returns the class that a value names; of the lists and objects that annotation tools write, all of them."""
    if not text.startswith(("[", "{")):
        return [text] if text else []
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = json.loads(text.replace("'", '"'))
        except (ValueError, RecursionError):
            return [text]
    if isinstance(value, dict):
        value = value.get("choices", value.get("choice"))
    names = value if isinstance(value, list) else [value]
    if all(isinstance(name, str | int) for name in names):
        return [str(name).strip() for name in names if str(name).strip()]
    return [text]


def kept_columns(labels: Labels, columns: Columns) -> tuple[list[int], list[str]]:
    """Returns the positions, among the values of a row, of columns that can be kept, and why others are not."""
    kept, reasons = [], []
    for position, at in enumerate(columns.slices[:MAX_SLICE_COLUMNS]):
        problem = next(_problems(row.values[position] for row in labels.rows.values()), None)
        if problem is None:
            kept.append(position)
        else:
            reasons.append(f"{quoted(columns.names[at])} has {problem}")
    if (further := len(columns.slices) - MAX_SLICE_COLUMNS) > 0:
        reasons.append(f"{further:,} columns come after the first {MAX_SLICE_COLUMNS}")
    return kept, reasons


def _problems(values: Iterable[str]) -> Iterator[str]:
    for value in values:
        if len(value) > MAX_VALUE_LENGTH:
            yield f"values of more than {MAX_VALUE_LENGTH} characters"
        elif bad := bad_character(value):
            yield bad


def split_meanings(columns: Columns, values: Iterable[str]) -> dict[str, PartRole]:
    """Returns what the values of the split column mean; of folds, the last is test."""
    if columns.split is None:
        return {}
    distinct = {value.casefold() for value in values if value}
    if any(value in SPLIT_VALUES for value in distinct):
        return dict(SPLIT_VALUES)
    name = columns.names[columns.split].casefold()
    if distinct <= set(YES + NO):
        yes: PartRole = "test" if "test" in name else "validation" if "val" in name else "train"
        if not any(word in name for word in ("train", "test", "val")):
            yes = "test"
        no: PartRole = "test" if yes == "train" else "train"
        return {**dict.fromkeys(NO, no), **dict.fromkeys(YES, yes)}
    folds = sorted(distinct, key=lambda value: (len(value), value))
    return {**dict.fromkeys(folds, "train"), folds[-1]: "test"}


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _examples(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in names[:EXAMPLES])
