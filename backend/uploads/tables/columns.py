"""Finds what the columns of a table are: the image, the class, a split, or values that are kept for slices."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from backend.requests import bad_character
from backend.uploads.layout.class_names import MAX_CLASSES
from backend.uploads.tables.file_index import IMAGE_SUFFIX, FileIndex, Path
from backend.uploads.tables.roles import Columns
from backend.uploads.tables.rows.sample import Sample
from backend.uploads.tables.words import NO, SPLIT_VALUES, SURE_SCORE, YES, class_score, image_score, is_split_name

MIN_ONE_HOT_SHARE = 0.8  # of the rows, in which just one column is 1
MAX_CELLS = 40_000  # that are compared with the names of files
MAX_NAME_LENGTH = 100
MAX_ONCE = 4  # values of a column that may be classes although each of them is there once
SPLIT_SHARE = 0.95  # of the values, that are names of splits


class ImageColumn(NamedTuple):
    """A column with the share of its values that name files of the zip, and how literally they do on average."""

    position: int
    share: float
    strength: float


def find_image_column(sample: Sample, files: FileIndex, folder: Path) -> ImageColumn | None:
    """Returns the column that names most files of the zip, the most literal one of several."""
    scores = []
    rows = sample.spread[: max(20, MAX_CELLS // max(1, sample.width))]
    for at in range(sample.width):
        matches = [files.find(row[at], folder) for row in rows]
        named = sum(bool(match.paths) for match in matches)
        strength = sum(match.strength for match in matches)
        scores.append((named + strength, image_score(sample.first[0][at]), -at, named))
    score, _, position, named = max(scores, default=(0, 0, 0, 0))
    return ImageColumn(-position, named / len(rows), score / named - 1) if named else None


def read_columns(sample: Sample, image: int, files: FileIndex, folder: Path, may_guess: bool) -> Columns:
    """Returns the roles of the columns; `may_guess` allows a class column whose name doesn't say so."""
    skip, header = _header(sample, image, files, folder)
    names = _distinct(header or [""] * sample.width)
    data = [row for row in sample.spread if row not in sample.first[:skip]]
    columns = Columns(names, header is not None, skip, image)
    columns = replace(columns, split=_split_column(columns, data), ignored=_empty_columns(columns, data))
    return _with_class(columns, data, header or [], may_guess)


def _header(sample: Sample, image: int, files: FileIndex, folder: Path) -> tuple[int, list[str] | None]:
    """Returns how many rows come before the data, and the row of names among them, if there is one."""
    for at, row in enumerate(sample.first):
        below = sample.first[at + 1 :]
        if _is_title(row) and not files.find(row[image], folder).paths and below:
            continue
        if _is_data(row, image, sample, files, folder):
            return at, None
        return at + 1, _shifted(row, below)
    return 0, None


def _is_title(row: list[str]) -> bool:
    """True for a line above the table: of one value at its beginning, or a comment."""
    return not any(row[1:]) or (row[0].startswith("#") and " " in row[0])


def _shifted(header: list[str], below: Sequence[list[str]]) -> list[str]:
    """Returns a header that has no name for the first column, as R writes it, with an empty one."""
    is_short = not header[-1] and header[0] and below and all(row[-1] for row in below)
    return ["", *header[:-1]] if is_short else header


def _is_data(row: list[str], image: int, sample: Sample, files: FileIndex, folder: Path) -> bool:
    """True if a row names a file, or has values that the rows below have, too."""
    value = row[image]
    if files.find(value, folder).paths or IMAGE_SUFFIX.search(value.casefold()):
        return True
    if value.isdigit() or not any(any(letter.isalpha() for letter in cell) for cell in row):
        return True
    below = [other for other in sample.spread if other is not row and other != row]
    values = ((at, cell) for at, cell in enumerate(row) if cell not in ("", "0", "1"))  # classes may be named 0 and 1
    return any(other[at] == cell for at, cell in values for other in below)


def _distinct(header: Sequence[str]) -> list[str]:
    names: list[str] = []
    for at, name in enumerate(header):
        title = name if name and not bad_character(name) else f"column {at + 1}"
        title = title[:MAX_NAME_LENGTH]
        names.append(title if title not in names else f"{title} ({at + 1})")
    return names


def _empty_columns(columns: Columns, data: Sequence[list[str]]) -> list[int]:
    """Returns the columns without values, as separators at the ends of lines make them, and an index without name."""
    return [at for at in range(len(columns.names)) if at != columns.image and (
        not any(row[at] for row in data) or _is_index(columns, at, [row[at] for row in data]))]  # fmt: skip


def _is_index(columns: Columns, at: int, values: Sequence[str]) -> bool:
    """True for the row numbers that pandas and R write before the first column."""
    unnamed = columns.names[at].startswith(("column ", "Unnamed: ")) or columns.names[at].casefold() in ("index", "idx")
    return at == 0 and unnamed and len(set(values)) == len(values) > 2 and all(map(str.isdigit, values))


def _split_column(columns: Columns, data: Sequence[list[str]]) -> int | None:
    for at, name in enumerate(columns.names):
        values = Counter(row[at].casefold() for row in data if row[at])
        if at != columns.image and values and _are_splits(name if columns.has_header else "", values):
            return at
    return None


def _are_splits(name: str, values: Counter[str]) -> bool:
    known = sum(count for value, count in values.items() if value in SPLIT_VALUES) / values.total()
    if known >= SPLIT_SHARE:
        roles = {SPLIT_VALUES[value] for value in values if value in SPLIT_VALUES}
        return is_split_name(name) or (len(roles) > 1 and "train" in roles)
    numbers = all(value in YES or value in NO or value.isdigit() for value in values)
    return is_split_name(name) and numbers and 2 <= len(values) <= 20


def _with_class(columns: Columns, data: Sequence[list[str]], header: Sequence[str], may_guess: bool) -> Columns:
    ranked = sorted(((key, at) for at in columns.slices if (key := _class_key(columns, at, data, header)) is not None),
                    key=lambda pair: pair[0], reverse=True)  # fmt: skip
    score = ranked[0][0][0] if ranked else 0
    one_hot = _one_hot(columns, data, header)
    if one_hot and (score < SURE_SCORE or (len(one_hot) > 2 and ranked[0][1] in one_hot)):
        return replace(columns, one_hot=one_hot)
    if not ranked or not (score or may_guess):
        return columns
    unsure = [at for (other, _, _), at in ranked[1:] if other == score]
    return replace(columns, label=ranked[0][1], others=unsure)


def _class_key(
    columns: Columns, at: int, data: Sequence[list[str]], header: Sequence[str]
) -> tuple[int, bool, bool] | None:
    """Returns what a column says for being the class, to sort by: its name, text, and values that are repeated."""
    values = [row[at] for row in data if row[at]]
    score = class_score(header[at]) if header else 0
    distinct = len(set(values))
    if score < 0 or not values or distinct > MAX_CLASSES:
        return None
    repeated = distinct <= max(2, len(values) / 2)
    is_text = not all(map(_is_number, values))
    if not score and distinct < 2:
        return None
    if score < SURE_SCORE and not repeated and (len(columns.slices) > 1 or not is_text):
        return None
    if score < SURE_SCORE and distinct == len(values) > MAX_ONCE:  # captions
        return None
    return score, is_text, repeated


def _one_hot(columns: Columns, data: Sequence[list[str]], header: Sequence[str]) -> list[int]:
    """Returns the columns of which just one is 1 in nearly every row."""
    if not header:
        return []
    flags = [at for at in columns.slices if all(row[at].casefold() in YES + NO for row in data)]
    flags = [at for at in flags if any(row[at].casefold() in YES for row in data) or len(flags) > 2]
    single = sum(sum(row[at].casefold() in YES for at in flags) == 1 for row in data)
    return flags if len(flags) > 1 and single >= MIN_ONE_HOT_SHARE * len(data) else []


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
