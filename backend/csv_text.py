"""Writes CSV for programs and spreadsheets. No spreadsheet takes a text in it for a formula."""

import re
from collections.abc import Iterable, Sequence

Cell = str | float | bool | None

# A formula begins a cell, which in some countries is after a semicolon or a tab. Full-width signs count, too.
SIGNS = tuple("=+-@\t\r＝＋－＠")
FORMULA = re.compile(rf"(^|[;\t\r\n])(?=[{re.escape(''.join(SIGNS))}])")
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
    needs_quotes = NEEDS_QUOTES.search(value)
    if not needs_quotes and not value.startswith(SIGNS):
        return value
    text = FORMULA.sub(r"\1'", value)
    return '"{}"'.format(text.replace('"', '""')) if needs_quotes else text
