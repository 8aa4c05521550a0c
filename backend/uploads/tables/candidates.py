"""Which files of a zip can be tables of labels, by their names."""

from collections.abc import Iterable

from backend.datasets.pictures.file_kinds import UNPACK
from backend.uploads.archive.entries import Entry
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.types import Paths
from backend.uploads.tables.file_index import Path
from backend.uploads.tables.rows import json_rows
from backend.uploads.tables.words import SPLIT_VALUES, words

SUFFIXES = (".csv", ".tsv", ".txt", *json_rows.SUFFIXES)
WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers", ".parquet", ".feather", ".pkl", ".mat")
SAVE_AS_CSV = (
    "If it has the labels, save it as CSV (UTF-8) with the columns file,label beside the images, and zip again."
)
LABELS_WORDS = {"label", "labels", "annotation", "annotations", "class", "classes", "metadata", "train"}
OTHER_WORDS = {"readme", "license", "licence", "requirements", "changelog", "submission", "package"}


def is_table(path: Path) -> bool:
    """True if a file's name is that of a table. Its content may look like an image: that of `BMW.jpg,car` does."""
    return path[-1].casefold().endswith(SUFFIXES)


def table_paths(files: Iterable[Path], images: Iterable[Path]) -> list[Path]:
    """Returns the files that can be tables, the likeliest first. A text beside each image is an annotation.

    It has the name of the image with another suffix, or with a further one, as `a.jpg.json` of Google Takeout.
    """
    stems = {stem for path in images for stem in (path, _without_suffix(path))}
    paths = [path for path in files if is_table(path) and _without_suffix(path) not in stems]
    likely = [path for path in paths if not OTHER_WORDS & set(words(path[-1]))]
    return sorted(likely, key=lambda path: (not LABELS_WORDS & set(words(path[-1])), len(path), path))


def find_workbook(entries: Iterable[Entry]) -> InvalidZip | None:
    """Returns the refusal of a zip of images whose labels are in a spreadsheet program's own file."""
    entries = list(entries)
    has_images = any(entry.kind.is_image for entry in entries)
    for entry in entries:
        name = entry.name.casefold()
        if (has_images and name.endswith(WORKBOOKS)) or (name.endswith(SUFFIXES) and entry.kind.step == UNPACK):
            return InvalidZip(f"{entry.name} is no text. {SAVE_AS_CSV}")
    return None


def has_class_folders(images: Paths) -> bool:
    """True if images lie in several folders that do not only divide them into splits."""
    return len({path[-2] for path in images if len(path) > 1 and path[-2].casefold() not in SPLIT_VALUES}) > 1


def _without_suffix(path: Path) -> Path:
    return (*path[:-1], path[-1].rpartition(".")[0])
