"""How messages write shapes, numbers, percentages, lists and values from a request."""

import json
import re
from collections.abc import Iterable, Sequence

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MAX_VALUE_CHARACTERS = 60
MAX_REASON_CHARACTERS = 400

ROUNDING_NUDGE = 1e-7
"""Relative, of shares. A half is rounded up, also where its share lies just below it in float32: 0.8815 is 88.1499… in
binary. The page has the same rule in `frontend/src/lib/text/format.ts`, and one file of examples tests both.
"""

BYTE_UNITS = ("bytes", "KB", "MB", "GB")
UNIT_STEP = 999.5  # what would be written as 1000 has the next unit
WHOLE_FROM = 99.95  # what would be written as 100.0 has no decimal

ABSOLUTE_PATH = re.compile(r"""(?<![\w.:/~-])/(?:[^\s/'"]+/)*([^\s/'"]+)/?""")
"""The group is the last part of the path. The address after `https:/` is no path."""


def size(shape: Iterable[int]) -> str:
    """Returns a shape as `14×14×32`."""
    return "×".join(map(str, shape))


def counted(number: int, noun: str) -> str:
    """Returns a number with its noun: `five poolings`, `one pooling`, `1,024 poolings`."""
    word = NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"
    return f"{word} {noun}" if number == 1 else f"{word} {noun}s"


def percent(share: float, digits: int = 1) -> str:
    """Returns a share as a percentage: 0.8815 is `88.2%`."""
    return f"{in_percent(share, digits)}%"


def in_percent(share: float, digits: int = 1) -> str:
    """Returns a share in percent without the sign, for ranges and differences: 0.8815 is `88.2`."""
    return f"{share * 100 * (1 + ROUNDING_NUDGE):.{digits}f}"


def in_bytes(size: int) -> str:
    """Returns a size in bytes with its unit, in three digits as the page does: 30,878,645 is `30.9 MB`."""
    scaled, units = float(size), list(BYTE_UNITS)
    while scaled >= UNIT_STEP and len(units) > 1:
        scaled, units = scaled / 1000, units[1:]
    digits = 0 if units[0] == "bytes" or scaled >= WHOLE_FROM else 1
    return f"{int(scaled * 10**digits + 0.5) / 10**digits:.{digits}f} {units[0]}"


def at_most(number: int, noun: str) -> str:
    """Returns the advice to use fewer of something, or larger images where even one is too many."""
    return f"use at most {counted(number, noun)}" if number else "use larger images"


def quoted(value: object) -> str:
    """Returns a value of a request as JSON, cut after 60 characters."""
    if isinstance(value, list | dict) and len(value) > MAX_VALUE_CHARACTERS:
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value):,}"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_VALUE_CHARACTERS else f"{text[: MAX_VALUE_CHARACTERS - 3]}…"


def in_short(error: BaseException) -> str:
    """Returns the first line of an exception's message, with file names in place of absolute paths."""
    line = str(error).strip().partition("\n")[0] or type(error).__name__
    line = ABSOLUTE_PATH.sub(r"\1", line)
    return line if len(line) <= MAX_REASON_CHARACTERS else f"{line[:MAX_REASON_CHARACTERS]}…"


def listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def first_few(names: Sequence[str], at_most: int = 3) -> str:
    """Returns the first names, and a sign that there are more: `a, b, c, …`."""
    return listed([*names[:at_most], "…"] if len(names) > at_most else names)


def rough_seconds(seconds: float) -> str:
    """Returns a duration in seconds with two significant digits: `0.083 s`, `8.3 s`, `830 s`."""
    return f"{float(f'{seconds:.2g}'):g} s"


def sentence(message: str) -> str:
    """Returns a message that begins in lower case as a sentence."""
    return f"{message[0].upper()}{message[1:]}."
