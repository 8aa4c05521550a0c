"""Which entries of a zip are the images of which class: class folders, train/ and test/, or a labels.csv."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from zipfile import ZipFile

from backend.datasets.schemas import SkippedEntry
from backend.datasets.zip_entries import Entry, ZipRefused, content, quoted

SUFFIXES = {".jpg", ".jpeg", ".jpe", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm"}
MAX_CLASSES = 1000
MAX_CLASS_LENGTH = 100
LABELS = "labels.csv"
SPLITS = {"train", "test"}
JUNK = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Picture:
    """One image to be. `split` is None where the zip leaves the choice to us."""

    entry: Entry
    label: str
    split: str | None


@dataclass(frozen=True)
class Layout:
    """`classes` in the order of their names; `pictures` in the order of theirs, however the zip was packed."""

    classes: list[str]
    pictures: list[Picture]
    skipped: list[SkippedEntry]


def find_layout(archive: ZipFile, entries: Sequence[Entry]) -> Layout:
    """What to read of the zip, and as what.

    Raises:
        ArchiveRefused: it holds no images, fewer than two classes, an empty one, or is laid out in another way.
    """
    inside = _unwrapped({entry.parts: entry for entry in entries if not _is_junk(entry)})
    files = {path: entry for path, entry in inside.items() if not entry.info.is_dir()}
    labels = next((path for path in files if len(path) == 1 and path[0].casefold() == LABELS), None)
    if labels is not None:
        named, skipped = _by_labels(archive, files.pop(labels), files)
        expected = {picture.label for picture in named}
    else:
        named, skipped = _by_folders(inside)
        expected = {_class_name(path[-1]) for path in _class_folders(inside)}
    pictures = sorted(named, key=lambda picture: picture.entry.name)
    _check_classes(expected, pictures)
    return Layout(sorted(expected), pictures, skipped)


def _is_junk(entry: Entry) -> bool:
    """What operating systems leave in folders."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in entry.parts)
    return hidden or entry.parts[-1].casefold() in JUNK


def _unwrapped(inside: dict[tuple[str, ...], Entry]) -> dict[tuple[str, ...], Entry]:
    """Without the folders that only hold one other folder."""
    while len({path[0] for path in inside}) == 1:
        below = {path[1:]: entry for path, entry in inside.items() if len(path) > 1}
        if not any(len(path) > 1 or path[0].casefold() == LABELS or below[path].info.is_dir() for path in below):
            break
        inside = below
    return inside


def _divided(folders: set[str]) -> bool:
    """Whether the zip is divided into train/ and test/."""
    if not {folder.casefold() for folder in folders} >= SPLITS:
        return False
    if others := sorted(folder for folder in folders if folder.casefold() not in SPLITS):
        raise ZipRefused(f"Beside train and test there is the folder {quoted(others[0])}; take it out of the zip.")
    return True


def _class_folders(inside: Mapping[tuple[str, ...], Entry]) -> set[tuple[str, ...]]:
    """The folders that are classes, those without a file too."""
    folders = {path[:depth] for path in inside for depth in range(1, len(path))}
    folders |= {path for path, entry in inside.items() if entry.info.is_dir()}
    depth = 2 if _divided({path[0] for path in folders}) else 1
    return {path for path in folders if len(path) == depth}


def _by_folders(inside: Mapping[tuple[str, ...], Entry]) -> tuple[list[Picture], list[SkippedEntry]]:
    folders = _class_folders(inside)
    depth = len(next(iter(folders), ()))
    pictures, skipped = [], []
    for path, entry in inside.items():
        if len(path) > depth + 1 and not entry.info.is_dir():
            where = "train/class/file" if depth == 2 else "class/file"
            raise ZipRefused(f"The entry {quoted(entry.name)} lies deeper than {where}; move its folder up.")
        if entry.info.is_dir():
            continue
        if reason := _not_a_picture(path[-1]) or ("" if path[:-1] in folders else "it lies in no class folder"):
            skipped.append(SkippedEntry(entry=entry.name, reason=reason))
        else:
            split = path[0].casefold() if depth == 2 else None
            pictures.append(Picture(entry, _class_name(path[-2]), split))
    return pictures, skipped


def _not_a_picture(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    if suffix == "" or suffix.casefold() in SUFFIXES:
        return ""
    return f"its name does not end as that of an image does ({suffix})"


def _by_labels(
    archive: ZipFile, table: Entry, files: Mapping[tuple[str, ...], Entry]
) -> tuple[list[Picture], list[SkippedEntry]]:
    labels = _read_labels(archive, table)
    by_name = {"/".join(path): entry for path, entry in files.items()}
    if unknown := next((name for name in labels if name not in by_name), None):
        raise ZipRefused(f"{LABELS} names {quoted(unknown)}, which is not in the zip beside it.")
    tops = {name.partition("/")[0].casefold() for name in labels}
    divided = tops == SPLITS
    pictures = [
        Picture(by_name[name], label, name.partition("/")[0].casefold() if divided else None)
        for name, label in labels.items()
    ]
    left_out = [entry.name for name, entry in by_name.items() if name not in labels]
    return pictures, [SkippedEntry(entry=name, reason=f"{LABELS} does not name it") for name in left_out]


def _read_labels(archive: ZipFile, table: Entry) -> dict[str, str]:
    """The class of each file that the table names."""
    try:
        text = content(archive, table).decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        if rows.fieldnames is None or [name.strip().casefold() for name in rows.fieldnames] != ["file", "label"]:
            raise ZipRefused(f"The first line of {LABELS} has to be: file,label")
        found: dict[str, str] = {}
        for row in rows:
            _add_row(found, list(row.values()), rows.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ZipRefused(f"{LABELS} can't be read as comma-separated UTF-8 text ({error}).") from error
    return found


def _add_row(found: dict[str, str], row: Sequence[str | None], line: int) -> None:
    if len(row) != 2 or not row[0] or not (row[1] or "").strip():
        raise ZipRefused(f"Line {line} of {LABELS} needs a file and a label, divided by a comma.")
    name = unicodedata.normalize("NFC", row[0].strip().removeprefix("./"))
    if name in found:
        raise ZipRefused(f"Line {line} of {LABELS} names {quoted(name)} again.")
    found[name] = _class_name((row[1] or "").strip())


def _class_name(folder: str) -> str:
    name = unicodedata.normalize("NFC", folder)
    if not name.strip() or name != name.strip():
        raise ZipRefused(f"The class {quoted(name)} is empty or has a space at its edge; rename it.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise ZipRefused(f"The class {quoted(name)} has a control character in its name; rename it.")
    if len(name) > MAX_CLASS_LENGTH:
        raise ZipRefused(f"The class {quoted(name)} has a name of more than {MAX_CLASS_LENGTH} characters.")
    return name


def _check_classes(expected: set[str], pictures: Sequence[Picture]) -> None:
    if not pictures:
        raise ZipRefused("There are no images in the zip: it needs a folder with images for each class.")
    for split in sorted({picture.split for picture in pictures}, key=str):
        found = {picture.label for picture in pictures if picture.split == split}
        if empty := sorted(expected - found):
            where = f" in {split}/" if split else ""
            raise ZipRefused(f"The class {quoted(empty[0])} has no images{where}; fill its folder, or remove it.")
    if len(expected) < 2:
        raise ZipRefused(f"There is only the class {quoted(*expected)}; a network needs at least two to tell apart.")
    if len(expected) > MAX_CLASSES:
        raise ZipRefused(f"There are {len(expected):,} classes; at most {MAX_CLASSES:,} are read.", too_large=True)
