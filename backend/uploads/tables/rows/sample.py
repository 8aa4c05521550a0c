"""Reads a table once, to count its rows and to keep some of them, by which its columns are understood."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.uploads.archive.rules import InvalidZip

SAMPLE_ROWS = 400
FIRST_ROWS = 20
MAX_TABLE_COLUMNS = 1_200  # one per class, and some more
MAX_ROWS = 1_000_000


@dataclass(frozen=True)
class Sample:
    """Rows of a table: the first ones, and others at even distances. All are equally long."""

    first: list[list[str]]
    spread: list[list[str]]
    count: int
    width: int


def take_sample(file: str, rows: Iterable[list[str]]) -> Sample:
    """Reads a table once. Raises InvalidZip if it has too many columns or rows."""
    first: list[list[str]] = []
    spread: list[list[str]] = []
    step, count = 1, 0
    for row in rows:
        if count < FIRST_ROWS:
            first.append(row)
        if count % step == 0:
            spread.append(row)
        if len(spread) == 2 * SAMPLE_ROWS:
            spread, step = spread[::2], 2 * step
        count += 1
        _check_size(file, count, len(row))
    width = max(map(len, spread), default=0)
    return Sample([_filled(row, width) for row in first], [_filled(row, width) for row in spread], count, width)


def _check_size(file: str, rows: int, columns: int) -> None:
    if rows > MAX_ROWS:
        raise InvalidZip(
            f"{file} has more than {MAX_ROWS:,} rows, and a zip at most 100,000 files; keep the rows of its images.",
            too_large=True,
        )
    if columns > MAX_TABLE_COLUMNS:
        raise InvalidZip(
            f"{file} has a row with {columns:,} columns; at most {MAX_TABLE_COLUMNS:,} are read. Keep the column of "
            "the image's name and the one of its class."
        )


def _filled(row: list[str], width: int) -> list[str]:
    return row[:width] + [""] * (width - len(row))
