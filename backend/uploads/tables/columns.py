"""Finds what the columns of a table are: the image, the class, a split, or values that are kept for slices."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.schemas import ColumnRole
from backend.uploads.tables.file_index import IMAGE_SUFFIX, FileIndex, Path
from backend.uploads.tables.words import NO, SPLIT_VALUES, YES, class_score, image_score, is_split_name

SAMPLE_ROWS = 400
FIRST_ROWS = 20
SHOWN_ROWS = 4
MAX_TABLE_COLUMNS = 1_200  # one per class, and some more
MAX_CLASSES = 1_000
MIN_NAMED_SHARE = 0.3  # of the rows, in which a column of images names a file of the zip
MIN_ONE_HOT_SHARE = 0.8  # of the rows, in which just one column is 1
SPLIT_SHARE = 0.95  # of the values, that are names of splits


@dataclass(frozen=True)
class Sample:
    """Rows of a table: the first ones, and others at even distances. All are equally long."""

    first: list[list[str]]
    spread: list[list[str]]
    count: int
    width: int


@dataclass(frozen=True)
class Columns:
    """`names` are those of the header, made distinct, or `column 1`, …; `skip` rows come before the first image.

    `one_hot` are columns that are named like classes, if there is none of the class.
    """

    names: list[str]
    has_header: bool
    skip: int
    image: int
    label: int | None = None
    one_hot: list[int] = field(default_factory=list)
    split: int | None = None
    ignored: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    """Further columns that can be the class, too."""

    @property
    def slices(self) -> list[int]:
        used = {self.image, self.label, self.split, *self.one_hot, *self.ignored}
        return [at for at in range(len(self.names)) if at not in used]

    def role(self, at: int) -> ColumnRole:
        if at == self.image:
            return "image"
        if at == self.label or at in self.one_hot:
            return "class"
        if at == self.split:
            return "split"
        return "ignored" if at in self.ignored else "slices"


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


MAX_ROWS = 1_000_000


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


def find_image_column(sample: Sample, files: FileIndex, folder: Path) -> tuple[int | None, float]:
    """Returns the column that names most files of the zip, the most literal one of several, and its share of rows."""
    if not sample.spread:
        return None, 0.0
    scores = []
    for at in range(sample.width):
        matches = [files.find(row[at], folder) for row in sample.spread]
        named = sum(bool(match.paths) for match in matches)
        strength = sum(match.strength for match in matches)
        scores.append((named + strength, image_score(sample.first[0][at]), -at, named))
    best = max(scores)
    return (-best[2], best[3] / len(sample.spread)) if best[3] else (None, 0.0)


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
        if sum(map(bool, row)) < 2:
            continue  # a title above the table
        return (at, None) if _is_data(row, image, sample, files, folder) else (at + 1, row)
    return 0, None


def _is_data(row: list[str], image: int, sample: Sample, files: FileIndex, folder: Path) -> bool:
    """True if a row names a file, or has values that the rows below have, too."""
    value = row[image]
    if files.find(value, folder).paths or IMAGE_SUFFIX.search(value.casefold()):
        return True
    if value.isdigit() or not any(any(letter.isalpha() for letter in cell) for cell in row):
        return True
    below = [other for other in sample.spread if other is not row and other != row]
    return any(cell and any(other[at] == cell for other in below) for at, cell in enumerate(row))


def _distinct(header: Sequence[str]) -> list[str]:
    names: list[str] = []
    for at, name in enumerate(header):
        title = name or f"column {at + 1}"
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
    named = [at for key, at in ranked if key[0] > 0]
    if not named and (one_hot := _one_hot(columns, data, header)):
        return replace(columns, one_hot=one_hot)
    if not ranked or not (named or may_guess):
        return columns
    candidates = [at for _, at in ranked]
    return replace(columns, label=candidates[0], others=candidates[1:])


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
    if not score and (distinct < 2 or (not repeated and len(columns.slices) > 1)):
        return None
    return score, not all(map(_is_number, values)), repeated


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


def with_options(columns: Columns, options: Sequence[str], file: str) -> Columns:
    """Applies the option `column`, such as `species:class`."""
    for option in options:
        name, _, role = option.rpartition(":")
        columns = _with_role(columns, _position(columns, name, file), role)
    return columns


def _position(columns: Columns, name: str, file: str) -> int:
    names = [known.casefold() for known in columns.names]
    if name.casefold() not in names:
        there = ", ".join(columns.names[:20])
        raise InvalidZip(f"{file} has no column {quoted(name)}; its columns are {there}.")
    return names.index(name.casefold())


def _with_role(columns: Columns, at: int, role: str) -> Columns:
    freed = replace(
        columns,
        label=None if columns.label == at else columns.label,
        split=None if columns.split == at else columns.split,
        one_hot=[other for other in columns.one_hot if other != at],
        ignored=[other for other in columns.ignored if other != at],
    )
    if role == "class":
        others = {*columns.others, columns.label} - {at, None}
        return replace(freed, label=at, one_hot=[], others=sorted(other for other in others if other is not None))
    if role == "image":
        return replace(freed, image=at)
    if role == "split":
        return replace(freed, split=at)
    return replace(freed, ignored=[*freed.ignored, at]) if role == "ignored" else freed
