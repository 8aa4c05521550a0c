"""Which files of a zip are taken for images: their content decides, not their names."""

from pathlib import PurePosixPath

from backend.datasets.pictures.file_kinds import EMPTY, TEXT, UNKNOWN
from backend.uploads.archive.entries import Entry

IMAGE_SUFFIXES = {
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm"),
    *(".avif", ".heic", ".heif", ".jp2"),
}


def not_an_image(entry: Entry) -> str:
    """Returns why a file is not taken for an image, or an empty string.

    A damaged or empty file with the name of an image counts as an image, so that it is listed with the broken ones.
    """
    if entry.kind.is_image:
        return ""
    has_image_name = PurePosixPath(entry.name).suffix.casefold() in IMAGE_SUFFIXES
    if has_image_name and entry.kind in (EMPTY, TEXT, UNKNOWN):
        return ""
    return entry.kind.reason
