"""What was understood of a zip: its classes, its images, and what is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.datasets.schemas import SkippedEntry
from backend.uploads.archive.entries import Entry
from backend.uploads.schemas import Choice, Notice, Part, TableRead

Paths = Mapping[tuple[str, ...], Entry]
"""Entries by the parts of their path below the wrapping folder."""

SETTLED_BY_PIXELS = ("value_range", "contradictions")
"""Options whose notice needs the decoded images; the worker that reads them writes it."""


@dataclass(frozen=True)
class LabeledImage:
    """An entry to decode, and its class. `split` is None where the zip is not divided into train/ and test/.

    `values` are those of the further columns of a table, and `folder` is the path that it names before the file.
    """

    entry: Entry
    label: str
    split: str | None
    values: tuple[str, ...] = ()
    folder: str = ""


@dataclass
class Labeling:
    """Which files are images of which class and split, as folders, names or tables say."""

    images: list[LabeledImage] = field(default_factory=list)
    skipped: list[SkippedEntry] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    description: str = ""
    columns: tuple[str, ...] = ()
    table: TableRead | None = None
    warnings: list[Notice] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """`classes` and `images` are sorted by name, so that they do not depend on the order of the zip.

    `contradictions` counts the pictures that are under several classes, kept or not. `value_range` are the values that
    become black and white in images of more than 8 bits, as far as a few of them show.
    """

    classes: list[str]
    images: list[LabeledImage]
    skipped: list[SkippedEntry]
    columns: tuple[str, ...] = ()
    description: str = ""
    parts: list[Part] = field(default_factory=list)
    table: TableRead | None = None
    warnings: list[Notice] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    contradictions: int = 0
    value_range: tuple[float, float] | None = None

    @property
    def notices(self) -> list[Notice]:
        """Notices of the stored dataset: what looked wrong, and how open questions were answered."""
        return self.warnings + [choice.answer() for choice in self.choices if choice.option not in SETTLED_BY_PIXELS]
