"""What each column of a table is, as found or as an option says."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.schemas import ColumnRole


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
    """Columns that can be the class as well as `label`, which was guessed."""

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
