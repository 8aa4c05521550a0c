"""Reads the file that names the classes of a table whose labels are numbers, such as `classes.txt`."""

import json
import re
from collections.abc import Collection, Iterable, Sequence

MAX_NAMES = 1_001  # with a header
NUMBER, NAME, BETWEEN = r"[\"']?(?P<number>\d{1,9})[\"']?", r"[\"']?(?P<name>.*?[^\"',;|\s])", r"\s*(?:[,;:=|\t]|\s)\s*"
NUMBER_FIRST = re.compile(f"{NUMBER}{BETWEEN}{NAME}[\"',;|\\s]*")
NUMBER_LAST = re.compile(f"{NAME}[\"']?{BETWEEN}{NUMBER}[,;|\\s]*")


def names_by_number(lines: Iterable[str], numbers: Collection[str]) -> dict[str, str] | None:
    """Returns the name of each number, or None where the lines give none, or can mean more than one thing.

    A line is a number and a name, in any order, below a header; or only a name, whose line is the number. Lines are
    counted from 0 where there is a class 0, and from 1 where the last class has the number of the last line.
    """
    lines = [line.strip() for _, line in zip(range(MAX_NAMES + 1), lines, strict=False) if line.strip()]
    if not lines or len(lines) > MAX_NAMES:
        return None
    if lines[0].startswith(("{", "[")):
        lines = _json_lines("\n".join(lines))
    names = _numbered(lines, NUMBER_FIRST) or _numbered(lines, NUMBER_LAST) or _counted(lines, numbers)
    return names if names and {str(int(number)) for number in numbers} <= set(names) else None


def _json_lines(text: str) -> list[str]:
    """Returns the lines of a list of names, or of an object of numbers and names."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if isinstance(value, dict):
        return [f"{key}\t{item}" for key, item in value.items() if isinstance(item, str | int)]
    return [str(item) for item in value if isinstance(item, str)]


def _numbered(lines: Sequence[str], pattern: re.Pattern[str]) -> dict[str, str] | None:
    """Returns the names if each line but the first, which may be a header, has a number and a name of its own."""
    matches = [pattern.fullmatch(line) for line in lines]
    found = [match for match in matches if match]
    names = {str(int(match["number"])): match["name"] for match in found}
    is_complete = len(found) == len(lines) or (len(found) == len(lines) - 1 and matches[0] is None)
    return names if is_complete and len(names) == len(found) == len(set(names.values())) else None


def _counted(lines: Sequence[str], numbers: Collection[str]) -> dict[str, str] | None:
    if len(set(lines)) < len(lines) or any(map(NUMBER_FIRST.fullmatch, lines)):
        return None
    first = 0 if "0" in numbers else 1
    fits = max(map(int, numbers)) == len(lines) - 1 + first
    return {str(at): line for at, line in enumerate(lines, start=first)} if fits else None
