"""Finds the layout of zips that a test writes down as names of entries."""

import io
from collections.abc import Iterable, Mapping
from typing import Any
from zipfile import ZipFile

from backend.datasets.schemas import UploadOptions
from backend.uploads.archive.entries import list_entries
from backend.uploads.layout.find import find_layout
from backend.uploads.layout.types import Layout
from tests.support.files.zips import picture, zipped

PICTURE = picture()


def layout_of(names: Iterable[str] | bytes, tables: Mapping[str, bytes] | None = None, **options: Any) -> Layout:
    """Returns the layout of a zip, or of one with these entries, which are pictures, and `tables`."""
    content = names if isinstance(names, bytes) else zipped(different_pictures(names) | dict(tables or {}))
    with ZipFile(io.BytesIO(content)) as archive:
        upload_options = UploadOptions.model_validate(options)
        return find_layout(archive, list_entries(archive, upload_options.name_encoding), upload_options)


def different_pictures(names: Iterable[str]) -> dict[str, bytes]:
    """The same picture under two classes would be left out, so each file has other bytes at its end."""
    return {name: b"" if name.endswith("/") else PICTURE + name.encode() for name in names}


def images(*folders: str, each: int = 3, name: str = "{}.jpg") -> list[str]:
    """Names of `each` images in every folder."""
    return [f"{folder}/{name.format(number)}" for folder in folders for number in range(each)]


def counts(layout: Layout) -> dict[str | None, dict[str, int]]:
    """Returns the number of images by split and class."""
    found: dict[str | None, dict[str, int]] = {}
    for image in layout.images:
        of_split = found.setdefault(image.split, {})
        of_split[image.label] = of_split.get(image.label, 0) + 1
    return found


def labels(layout: Layout) -> dict[str, str]:
    """Returns the class of each image by its name in the zip."""
    return {image.entry.name: image.label for image in layout.images}
