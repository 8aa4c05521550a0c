"""Reads the file that names the classes of a table whose labels are numbers, such as `classes.txt`."""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from zipfile import ZipFile

from backend.requests import bad_character
from backend.uploads.archive.entries import Entry, read_entry
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.class_names import MAX_CLASS_LENGTH, class_name
from backend.uploads.layout.types import Labeling, Paths
from backend.uploads.schemas import Part
from backend.uploads.tables.file_index import Path
from backend.uploads.tables.rows.text import read_text

SUFFIXES = (".txt", ".csv", ".tsv", ".json", ".names")
MAX_FILES = 10  # are read
MAX_BYTES = 1024**2
MAX_NAMES = 1_001  # with a header
NUMBER, NAME, BETWEEN = (
    r"[\"']?(?P<number>\d{1,9})[\"']?",
    r"[\"']?(?P<name>\S.*?(?<=[^\"',;|\s]))",
    r"(?:\s*[,;:=|]\s*|\s+)",
)
NUMBER_FIRST = re.compile(f"{NUMBER}{BETWEEN}{NAME}[\"',;|\\s]*")
NUMBER_LAST = re.compile(f"{NAME}[\"']?{BETWEEN}{NUMBER}[,;|\\s]*")


@dataclass(frozen=True)
class ClassNames:
    """The names of classes by their numbers, from `file`."""

    file: str
    names: dict[str, str]

    def of(self, number: str) -> str:
        return self.names[str(int(number))]


def find_class_names(archive: ZipFile, files: Paths, numbers: Collection[str]) -> ClassNames | None:
    """Returns the names that the files give to the numbers, or None if these are none, or the files disagree."""
    if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers):
        return None
    paths = [path for path, entry in files.items() if _may_have_names(path, entry)]
    read = (ClassNames("/".join(path), _read_names(archive, files[path], path, numbers)) for path in paths[:MAX_FILES])
    found = [names for names in read if names.names]
    return found[0] if found and all(names.names == found[0].names for names in found) else None


def with_class_names(archive: ZipFile, files: Paths, read: Labeling) -> Labeling:
    """Returns what folders say with the names of their classes, if these are numbers and one file names them."""
    numbers = {image.label for image in read.images}
    found = find_class_names(archive, files, numbers) if numbers else None
    names = {number: class_name(found.of(number)) for number in numbers} if found else {}
    if not found or len(set(names.values())) < len(names):  # 1 and 01 are two folders
        return read
    part = Part(path=found.file, text=f"names of {len(found.names):,} classes", role="classes")
    return replace(
        read,
        images=[replace(image, label=names[image.label]) for image in read.images],
        skipped=[skipped for skipped in read.skipped if not f"/{skipped.entry}".endswith(f"/{found.file}")],
        parts=[*read.parts, part],
        description=f"{read.description} {found.file} names the classes.",
    )


def _may_have_names(path: Path, entry: Entry) -> bool:
    return path[-1].casefold().endswith(SUFFIXES) and entry.info.file_size <= MAX_BYTES


def _read_names(archive: ZipFile, entry: Entry, path: Path, numbers: Collection[str]) -> dict[str, str]:
    try:
        return names_by_number(read_text("/".join(path), read_entry(archive, entry)).lines(), numbers) or {}
    except InvalidZip:
        return {}


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
    if names and {str(int(number)) for number in numbers} <= set(names) and all(map(_can_be_class, names.values())):
        return names
    return None


def _can_be_class(name: str) -> bool:
    """False for a line of a text that is about something else."""
    return len(name) <= MAX_CLASS_LENGTH and not bad_character(name)


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
