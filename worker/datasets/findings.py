"""What reading the images of an upload found: broken ones, and those that were kept and have to be named."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.datasets.pictures.decode import Decoded
from backend.datasets.pictures.file_kinds import EMPTY, TEXT
from backend.datasets.schemas import Notice, SkippedEntry
from backend.uploads.archive.entries import Entry

MAX_EXAMPLES = 6


@dataclass
class Findings:
    """Names of entries, by what was found."""

    broken: list[SkippedEntry] = field(default_factory=list)
    without_end: list[str] = field(default_factory=list)
    with_pages: list[str] = field(default_factory=list)

    def add(self, entry: Entry, decoded: Decoded) -> None:
        if decoded.lacks_end:
            self.without_end.append(entry.name)
        if decoded.has_more:
            self.with_pages.append(entry.name)

    def add_broken(self, entry: Entry, error: Exception) -> None:
        reason = entry.kind.reason if entry.kind in (EMPTY, TEXT) else str(error)
        self.broken.append(SkippedEntry(entry=entry.name, reason=reason))

    def notices(self) -> list[Notice]:
        notices = [
            _notice(self.without_end, "lacks its end", "lack their end", CUT_TEXT),
            _notice(self.with_pages, "has several pages or frames", "have several pages or frames", PAGES_TEXT),
        ]
        return [notice for notice in notices if notice.examples]


CUT_TEXT = "At most 2 % of their pixels are missing, which is why such files are kept."
PAGES_TEXT = "Only the first one is used. To use the others, export each page as a file."


def _notice(names: Sequence[str], one: str, many: str, text: str) -> Notice:
    title = f"1 image {one}" if len(names) == 1 else f"{len(names):,} images {many}"
    return Notice(title=title, text=text, examples=sorted(names)[:MAX_EXAMPLES])
