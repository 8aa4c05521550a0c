"""What is left out by its name alone: what systems leave in folders, descriptions, archives; and empty folders."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from backend.datasets.pictures.file_kinds import UNPACK
from backend.datasets.schemas import SkippedEntry
from backend.phrases import first_few
from backend.uploads.archive.entries import Entry
from backend.uploads.layout.image_files import not_an_image
from backend.uploads.schemas import Notice, Part

SYSTEM_FOLDERS = {
    "__macosx", "@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "$recycle.bin", "lost+found",
    "system volume information", "network trash folder", "temporary items", "__pycache__",
}  # fmt: skip
"""Of macOS, Windows, Synology, QNAP and Python. Folders that begin with a dot are hidden, and left out too."""
SYSTEM_FILE = re.compile(r"\..*|~\$.*|(eh)?thumbs\.db|desktop\.ini|icon\u240d|folder\.htt|.*\.(tmp|crdownload|part)")
DESCRIPTION = re.compile(
    r"(readme|licen[cs]e|copying|citation|changelog|notice|authors|croissant)([._ -].*)?|.*\.(md|rst|pdf|ya?ml|html?)"
    r"|(dataset[-_])?(metadata|infos?)\.json|dataset\.(json|txt)"
)
ARCHIVE = re.compile(r".*\.(zip|rar|7z|tar|tgz|gz|bz2|xz|zst|z\d\d|iso|dmg|cab)")

MAX_EXAMPLES = 20  # of empty folders
Path = tuple[str, ...]


class Kind(NamedTuple):
    """`text` describes the files in a row, and `reason` says why one of them is left out."""

    text: str
    reason: str


SYSTEM = Kind("left by the system", "the system left it there")
DESCRIPTIONS = Kind("about the dataset", "it is about the dataset")
ARCHIVES = Kind("archives inside the zip, not unpacked", "it is an archive inside the zip, which is not unpacked")


@dataclass
class LeftOut:
    """Files of one kind."""

    kind: Kind
    entries: list[Entry] = field(default_factory=list)

    @property
    def part(self) -> Part:
        files = "1 file" if len(self.entries) == 1 else f"{len(self.entries):,} files"
        return Part(path=_names(self.entries), text=f"{self.kind.text}, {files}", role="left_out")

    @property
    def skipped(self) -> list[SkippedEntry]:
        return [SkippedEntry(entry=entry.name, reason=self.kind.reason) for entry in self.entries]


def leave_out(entries: Iterable[Entry]) -> tuple[list[Entry], list[LeftOut]]:
    """Returns the entries that are kept, and those that are left out, by kind. Folders are in neither kind."""
    kept: list[Entry] = []
    groups = {kind: LeftOut(kind) for kind in (DESCRIPTIONS, ARCHIVES, SYSTEM)}
    for entry in entries:
        kind = _kind(entry)
        if kind is None:
            kept.append(entry)
        elif not entry.is_folder:
            groups[kind].entries.append(entry)
    return kept, [group for group in groups.values() if group.entries]


def _kind(entry: Entry) -> Kind | None:
    *folders, name = entry.parts
    if entry.is_folder:
        folders, name = [*folders, name], ""
    if any(_is_system_folder(folder) for folder in folders) or SYSTEM_FILE.fullmatch(name.casefold()):
        return SYSTEM
    if entry.kind.is_image:
        return None  # a picture may be named README.jpg
    if DESCRIPTION.fullmatch(name.casefold()):
        return DESCRIPTIONS
    return ARCHIVES if entry.kind.step == UNPACK or ARCHIVE.fullmatch(name.casefold()) else None


def _is_system_folder(name: str) -> bool:
    return name.startswith(".") or name.casefold() in SYSTEM_FOLDERS


def _names(entries: Sequence[Entry]) -> str:
    """Returns the names that tell the files of a kind, such as `__MACOSX/, .DS_Store`."""
    return first_few(list(dict.fromkeys(_telling_name(entry) for entry in entries)))


def _telling_name(entry: Entry) -> str:
    folders = (f"{folder}/" for folder in entry.parts[:-1] if _is_system_folder(folder))
    return next(folders, entry.parts[-1])


def empty_folders(entries: Sequence[Entry]) -> list[Notice]:
    """Returns a notice with the outermost folders that hold no image, or none."""
    files = [entry for entry in entries if not entry.is_folder]
    with_images = _above(entry for entry in files if not not_an_image(entry))
    folders = _above(entries) | {entry.parts for entry in entries if entry.is_folder}
    empty = sorted(f"{'/'.join(path)}/" for path in folders - with_images if len(path) == 1 or path[:-1] in with_images)
    if not empty:
        return []
    names = first_few(empty)
    title = "A folder has no images" if len(empty) == 1 else f"{len(empty):,} folders have no images"
    text = f"{names} can be no class. If one should be, put images into it and zip the folder again."
    return [Notice(title=title, text=text, examples=empty[:MAX_EXAMPLES])]


def _above(entries: Iterable[Entry]) -> set[Path]:
    return {entry.parts[:depth] for entry in entries for depth in range(1, len(entry.parts))}
