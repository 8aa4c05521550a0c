"""Splits a table's lines into values: of several separators, the one with which a column names files of the zip."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from backend.uploads.archive.rules import InvalidZip
from backend.uploads.tables.file_index import FileIndex, Path
from backend.uploads.tables.rows.text import Text

SEPARATORS = {",": "Commas", ";": "Semicolons", "\t": "Tabs", "|": "Bars", " ": "Spaces"}
SAMPLE_LINES = 100
MIN_SAMPLE_LINES = 5
SAMPLE_CHARACTERS = 64 * 1024
SNIFFED_CHARACTERS = 2 * 1024  # the sniffer's patterns take seconds for long texts


@dataclass(frozen=True)
class Dialect:
    separator: str
    quote: str = '"'

    @property
    def title(self) -> str:
        return SEPARATORS.get(self.separator, f"Separated by {self.separator}")

    def rows(self, lines: Iterable[str], strict: bool = True) -> Iterator[list[str]]:
        """Yields the values of each row without spaces around them, and without rows that are empty."""
        reader = csv.reader(lines, delimiter=self.separator, quotechar=self.quote, skipinitialspace=True, strict=strict)
        for row in reader:
            values = [value.strip() for value in row]
            if any(values):
                yield values


@dataclass(frozen=True)
class TextTable:
    """A table in a text file."""

    text: Text
    dialect: Dialect

    def rows(self) -> Iterator[list[str]]:
        """Raises InvalidZip at a quotation mark that is not closed, and at a value that is too long."""
        lines = _CountedLines(self.text.lines())
        rows = self.dialect.rows(lines)
        try:
            first = next(rows, None)
            if first is not None and not _names_separator(first):
                yield first
            yield from rows
        except csv.Error as error:
            raise InvalidZip(
                f"{self.text.file} can't be read near line {lines.count} ({error}); look for a quotation mark "
                f"({self.dialect.quote}) that is not closed."
            ) from error


class _CountedLines:
    """Counts the lines that are read, for a message."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.count += 1
            yield line


def find_dialect(text: Text, files: FileIndex, folder: Path) -> Dialect:
    """Returns the dialect whose rows name most files in one column, then the one whose rows are equally long."""
    lines = _sample(text)
    if lines and _names_separator([lines[0].rstrip("\r\n")]):
        return Dialect(lines[0].rstrip("\r\n")[-1])
    best = max(_candidates(lines), key=lambda dialect: _fitness(dialect, lines, files, folder))
    if _fitness(best, lines, files, folder)[0]:
        return best
    return _sniffed(lines) or best


def _names_separator(row: Sequence[str]) -> bool:
    """True for the line `sep=;` that Excel reads and writes; split by that separator, it ends after the sign."""
    first = row[0].casefold()
    return first.startswith("sep=") and (len(first) == 5 or row[1:] == [""])


def _sample(text: Text) -> list[str]:
    lines: list[str] = []
    characters = 0
    for line in islice(text.lines(), SAMPLE_LINES):
        characters += len(line)
        if len(lines) >= MIN_SAMPLE_LINES and characters > SAMPLE_CHARACTERS:
            break
        lines.append(line)
    return lines


def _candidates(lines: Sequence[str]) -> list[Dialect]:
    text = "".join(lines)
    separators = [separator for separator in SEPARATORS if separator in text] or [","]
    quotes = ['"', "'"] if "'" in text else ['"']
    return [Dialect(separator, quote) for quote in quotes for separator in separators]


def _sniffed(lines: Sequence[str]) -> Dialect | None:
    """Returns the dialect that the library finds, unless its separator is a letter or part of names of files."""
    try:
        separator = csv.Sniffer().sniff("".join(lines)[:SNIFFED_CHARACTERS]).delimiter
    except csv.Error:
        return None
    return None if separator.isalnum() or separator in "./\\_-\r\n" else Dialect(separator)


def _fitness(dialect: Dialect, lines: Sequence[str], files: FileIndex, folder: Path) -> tuple[int, int, int]:
    try:
        rows = list(dialect.rows(lines, strict=False))
    except csv.Error:
        return (0, 0, 0)
    width = max(map(len, rows), default=0)
    if width < 2:
        return (0, 0, 0)
    named = Counter(at for row in rows for at, value in enumerate(row) if files.find(value, folder).paths)
    (_, equally_long), *_ = Counter(map(len, rows)).most_common(1)
    return (max(named.values(), default=0), equally_long, -list(SEPARATORS).index(dialect.separator))
