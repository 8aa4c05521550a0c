"""Reads the classes of images from their folders: class/file, or train/class/file and test/class/file."""

from backend.datasets.schemas import SkippedEntry
from backend.uploads.archive.rules import InvalidZip, quoted
from backend.uploads.layout.class_names import class_name
from backend.uploads.layout.image_files import not_an_image
from backend.uploads.layout.types import LabeledImage, Paths

SPLIT_FOLDERS = {"train", "test"}


def read_folders(paths: Paths) -> tuple[list[LabeledImage], list[SkippedEntry]]:
    """Returns the images that class folders hold, and the files that are none."""
    folders = class_folders(paths)
    depth = len(next(iter(folders), ()))
    images, skipped = [], []
    for path, entry in paths.items():
        if entry.info.is_dir():
            continue
        if len(path) > depth + 1:
            expected = "train/class/file" if depth == 2 else "class/file"
            raise InvalidZip(f"The entry {quoted(entry.name)} lies deeper than {expected}; move its folder up.")
        if reason := not_an_image(entry) or ("" if path[:-1] in folders else "it is not in a class folder"):
            skipped.append(SkippedEntry(entry=entry.name, reason=reason))
        else:
            split = path[0].casefold() if depth == 2 else None
            images.append(LabeledImage(entry, class_name(path[-2]), split))
    return images, skipped


def class_folders(paths: Paths) -> set[tuple[str, ...]]:
    """Returns the paths of the class folders, empty ones included."""
    folders = {path[:depth] for path in paths for depth in range(1, len(path))}
    folders |= {path for path, entry in paths.items() if entry.info.is_dir()}
    depth = 2 if _has_split_folders({path[0] for path in folders}) else 1
    return {path for path in folders if len(path) == depth}


def _has_split_folders(folders: set[str]) -> bool:
    """True if the zip is divided into train/ and test/. Raises InvalidZip if it has another folder next to them."""
    if not {folder.casefold() for folder in folders} >= SPLIT_FOLDERS:
        return False
    if others := sorted(folder for folder in folders if folder.casefold() not in SPLIT_FOLDERS):
        raise InvalidZip(f"Next to train and test there is a folder {quoted(others[0])}; remove it from the zip.")
    return True
