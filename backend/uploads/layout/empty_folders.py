"""Names the folders that hold no image at all: one of them may have been meant as a class."""

from collections.abc import Iterable, Sequence

from backend.phrases import first_few
from backend.uploads.archive.entries import Entry
from backend.uploads.layout.image_files import not_an_image
from backend.uploads.schemas import Notice

MAX_EXAMPLES = 20
Path = tuple[str, ...]


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
