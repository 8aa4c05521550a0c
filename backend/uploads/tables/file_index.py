"""Finds the file of a zip that a table's value names, however it is written.

A value may be a path of another machine, a URL, an id without extension, or a name in other case.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from backend.uploads.tables.words import SPLIT_VALUES, words

Path = tuple[str, ...]

IMAGE_SUFFIX = re.compile(
    r"\.(jpe?g|jpe|jfif|png|gif|bmp|webp|tiff?|ppm|pgm|pbm|pnm|avif|hei[cf]|jp2|dcm|svg|tga|ico)$"
)
URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
DRIVE = re.compile(r"^[a-z]:", re.IGNORECASE)
BETWEEN_WORDS = re.compile(r"[\W_]+")
NUMBER = re.compile(r"0*([0-9]+?)(\.0)?")
MASK_WORDS = {"mask", "masks", "segmentation", "segmentations", "annotations", "thumbnails", "thumbs", "depth"}
MAX_CANDIDATES = 1000  # of one name, that are compared by their folders
NUMBER_STRENGTH = 1  # of a match of 1 with 0001.jpg
UPLOAD_PREFIX = re.compile(r"^[0-9a-f]{6,8}-(?=.)")
"""What Label Studio puts before the name of an uploaded file."""


@dataclass(frozen=True)
class Match:
    """The files that a value fits: one, none, or several. A greater `strength` is a more literal match."""

    paths: tuple[Path, ...]
    strength: int = 0

    @property
    def path(self) -> Path | None:
        return self.paths[0] if len(self.paths) == 1 else None


NO_MATCH = Match(())


class FileIndex:
    """The images of a zip by name, by name without extension, and by number; each also with the folder above it."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = list(files)
        self._by_name: defaultdict[str, list[Path]] = defaultdict(list)
        self._by_stem: defaultdict[str, list[Path]] = defaultdict(list)
        self._by_letters: defaultdict[str, list[Path]] = defaultdict(list)
        self._by_number: defaultdict[str, list[Path]] = defaultdict(list)
        for path in self._files:
            self._add(path, "", path[-1].casefold())
            if len(path) > 1:
                self._add(path, f"{path[-2].casefold()}/", path[-1].casefold())

    def _add(self, path: Path, folder: str, name: str) -> None:
        stem = PurePosixPath(name).stem
        self._by_name[folder + name].append(path)
        self._by_stem[folder + stem].append(path)
        if (uploaded := UPLOAD_PREFIX.sub("", stem, count=1)) != stem:
            self._by_stem[folder + uploaded].append(path)
        self._by_letters[folder + _letters(stem)].append(path)
        if stem.isascii() and stem.isdigit():
            self._by_number[folder + (stem.lstrip("0") or "0")].append(path)

    def paths(self) -> Iterator[Path]:
        """Yields all files."""
        return iter(self._files)

    def find(self, value: str, folder: Path = ()) -> Match:
        """Returns the files that fit best: those with the longest common tail, first in the table's own `folder`."""
        for spelling in (value, unquote(value)) if "%" in value else (value,):
            parts = path_parts(spelling)
            above = parts[-2:-1] or folder[-1:]
            for strength, candidates in self._candidates(parts[-1], *above) if parts else ():
                if len(candidates) > MAX_CANDIDATES:
                    return Match(tuple(candidates[:2]), strength)
                if candidates:
                    return Match(_closest(candidates, parts[:-1], folder), strength)
        return NO_MATCH

    def common_folder(self, values: Iterable[str], folder: Path, file: str) -> Path:
        """Returns the folder that values mean which fit images in several: one that has them all, or is named alike."""
        matches = [match for value in values if (match := self.find(value, folder)).paths]
        if all(match.path for match in matches):
            return folder
        counts = Counter(above for match in matches for above in {path[:-1] for path in match.paths})
        complete = [above for above, count in counts.items() if count == max(counts.values())]
        complete = [above for above in complete if not MASK_WORDS & set(words("/".join(above)))] or complete
        named_alike = [
            above for above in complete if set(words(file)) & set(words("/".join(above))) & set(SPLIT_VALUES)
        ]
        fitting = complete if len(complete) == 1 else named_alike
        return fitting[0] if len(fitting) == 1 else folder

    def _candidates(self, name: str, folder: str = "") -> Iterator[tuple[int, list[Path]]]:
        """Yields the files that a name can mean, with how literally: first those in the folder, if there is one."""
        folder = folder.casefold()
        yield 4, _in_folder(self._by_name, folder, name)
        stem = IMAGE_SUFFIX.sub("", name)
        if stem != name:
            yield 3, _in_folder(self._by_stem, folder, stem)
        yield 2, _in_folder(self._by_stem, folder, name)
        uploaded = UPLOAD_PREFIX.sub("", stem, count=1)
        yield 3, _in_folder(self._by_stem, folder, uploaded)
        if letters := _letters(uploaded):
            yield 2, _in_folder(self._by_letters, folder, letters)
        if number := NUMBER.fullmatch(name):
            yield NUMBER_STRENGTH, _in_folder(self._by_number, folder, number[1])


def _in_folder(index: Mapping[str, list[Path]], folder: str, key: str) -> list[Path]:
    return index.get(f"{folder}/{key}") or index.get(key, [])


def _letters(stem: str) -> str:
    """Returns a name without what annotation tools and systems write in place of spaces: `_`, `-` or `+`."""
    return BETWEEN_WORDS.sub("", stem)


def path_parts(value: str) -> Path:
    """Returns the parts of a path or URL, casefolded, without drive, `.` and empty ones."""
    if URL.match(value) or "?d=" in value:
        value = _path_of_url(value)
    value = unicodedata.normalize("NFC", DRIVE.sub("", value)).replace("\\", "/").casefold()
    return tuple(part for part in value.split("/") if part not in ("", "."))


def _path_of_url(value: str) -> str:
    """Returns the path of a URL; of Label Studio's `/data/local-files/?d=a/b.jpg` what follows `d=`."""
    try:
        url = urlsplit(value)
        local = parse_qs(url.query, max_num_fields=20).get("d")
    except ValueError:
        return value
    return local[0] if local else unquote(url.path) or url.netloc


def _closest(candidates: list[Path], folders: Path, table_folder: Path) -> tuple[Path, ...]:
    """Returns the candidates below the folders that the value names, or the table's own, as far as they agree."""
    if len(candidates) == 1:
        return tuple(candidates)
    home = tuple(part.casefold() for part in table_folder)
    keys = {path: _closeness(tuple(part.casefold() for part in path[:-1]), folders, home) for path in candidates}
    best = max(keys.values())
    return tuple(path for path in dict.fromkeys(candidates) if keys[path] == best)


def _closeness(path: Path, folders: Path, home: Path) -> tuple[bool, int, bool]:
    """Returns how well a file's folders fit: literally, by the length of the common tail, and beside the table."""
    pairs = enumerate(zip(reversed(path), reversed(folders), strict=False))
    tail = next((n for n, (name, folder) in pairs if name != folder), min(len(path), len(folders)))
    return path == home + folders, tail, path[: len(home)] == home
