"""Writes CSV for programs and spreadsheets. No spreadsheet takes a text in it for a formula."""

import re
from collections.abc import Iterable, Sequence

Cell = str | float | bool | None

# A formula begins a cell, which in some countries is after a semicolon or a tab. Full-width signs count, too.
FORMULA = re.compile(r"(^|[;\t\r\n])(?=[=+\-@\t\r＝＋－＠])")
NEEDS_QUOTES = re.compile(r"[\",;\t\r\n]")


def csv_lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Returns the rows as lines. None is an empty cell, and numbers parse back exactly."""
    return "".join(f"{','.join(map(_cell, row))}\n" for row in rows)


def _cell(value: Cell) -> str:
    """Returns a cell. A text that would be a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else repr(value)
    text = FORMULA.sub(r"\1'", value)
    return '"{}"'.format(text.replace('"', '""')) if NEEDS_QUOTES.search(text) else text
