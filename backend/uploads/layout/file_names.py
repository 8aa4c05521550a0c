"""Finds the pattern by which the names of files say their class, such as `cat.0.jpg` or `dog_001.png`."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from backend.uploads.layout.class_names import MAX_CLASSES

MAX_SAMPLED = 2000  # names from which the pattern is found
MIN_SHARE = 0.9  # of the names have a class by the pattern, in which there are at least two
SEPARATORS = {"_": "_", "-": "-", ".": ".", " ": "space"}
COPY = re.compile(r"(?:\s*\(\d+\)|\s*-?\s*copy(?:\s*\d+)?)+$", re.IGNORECASE)
BEFORE_NUMBERS = re.compile(r"(\D+?)[\W_]*\d.*")
BEFORE_NUMBER = re.compile(r"(.*?)[\W_]*\d+")
AFTER_NUMBER = re.compile(r"\d+[\W_]+(.*)")
CAMERA_WORDS = {
    "img", "image", "images", "imgs", "dsc", "dscn", "dscf", "dsci", "p", "pxl", "dji", "gopr", "mvi", "vid", "photo",
    "foto", "picture", "pic", "screenshot", "scan", "frame", "file", "untitled", "sample", "wp", "cimg", "sam",
    "whatsapp",
}  # fmt: skip
"""Cameras and programs begin names with these; they are no classes."""


@dataclass(frozen=True)
class NamePattern:
    """`text` says where in a name the class is. `class_of` returns it, or None for a name of another form."""

    text: str
    class_of: Callable[[str], str | None]


def find_pattern(names: Sequence[str]) -> NamePattern | None:
    """Returns the pattern that gives nearly all names a class which others have too, or None.

    Of several, one whose classes have no digits is preferred, then the one first in `_patterns`.
    """
    sample = names[:: len(names) // MAX_SAMPLED + 1]
    fitting = [pattern for pattern in _patterns(sample) if _fits(pattern, sample)]
    return min(fitting, key=lambda pattern: _has_digits(pattern, sample), default=None)


def _patterns(names: Sequence[str]) -> Iterator[NamePattern]:
    prefix = _common_prefix([_stem(name) for name in names])
    yield NamePattern("before the number", lambda name: _cleaned(_matched(BEFORE_NUMBERS, _stem(name), prefix)))
    yield NamePattern("before the last number", lambda name: _cleaned(_matched(BEFORE_NUMBER, _stem(name), prefix)))
    yield NamePattern("after the number", lambda name: _cleaned(_matched(AFTER_NUMBER, _stem(name), 0)))
    for separator, title in SEPARATORS.items():
        for place, ordinal in ((0, "first"), (1, "second"), (2, "third"), (-1, "last"), (-2, "last but one")):
            yield _part_pattern(separator, place, f"the {ordinal} part between “{title}”")


def _part_pattern(separator: str, place: int, text: str) -> NamePattern:
    def class_of(name: str) -> str | None:
        parts = _stem(name).split(separator)
        fits = len(parts) > 1 and -len(parts) <= place < len(parts)
        return _cleaned(parts[place]) if fits else None

    return NamePattern(text, class_of)


def _stem(name: str) -> str:
    return COPY.sub("", PurePosixPath(name).stem)


def _matched(pattern: re.Pattern[str], stem: str, prefix: int) -> str:
    """Returns the group of the match without the prefix, or the whole stem: a copy's number is gone already."""
    match = pattern.fullmatch(stem)
    return (match[1] if match else stem)[prefix:]


def _common_prefix(stems: Sequence[str]) -> int:
    """Returns the length of the words that all stems begin with: 4 for `IMG_cat` and `IMG_dog`."""
    first, last = min(stems, default=""), max(stems, default="")
    same = next((at for at, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1), 0)
    word = re.match(r".*[\W_]", first[:same])
    return len(word[0]) if word else 0


def _cleaned(text: str) -> str | None:
    """Returns a class without separators around it, or None where no letter is left or a camera wrote it."""
    text = text.strip(" ._-()[]")
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return text if words and not set(words) <= CAMERA_WORDS else None


def _fits(pattern: NamePattern, names: Sequence[str]) -> bool:
    counts = Counter(name for name in map(pattern.class_of, names) if name is not None)
    shared = sum(count for count in counts.values() if count > 1)
    return 2 <= len(counts) <= min(MAX_CLASSES, len(names) // 2) and shared >= MIN_SHARE * len(names)


def _has_digits(pattern: NamePattern, names: Sequence[str]) -> bool:
    return any(character.isdigit() for name in names for character in pattern.class_of(name) or "")
