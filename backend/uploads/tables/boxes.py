"""Recognises the annotations of object detection, which say no class for an image."""

import re
from collections.abc import Sequence
from zipfile import ZipFile

from backend.uploads.archive.entries import Entry, read_entry
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.types import Paths
from backend.uploads.tables.rows.json_rows import BOX_KEYS, BOXES

YOLO_LINE = re.compile(rb"\d+( -?(\d+(\.\d*)?|\.\d+)(e-?\d+)?){4,}\s*", re.IGNORECASE)
MAX_FILE_BYTES = 1024**2
EXAMINED = 20  # files of a kind
KINDS = {".xml": "Pascal VOC", ".txt": "YOLO", ".json": "annotations in JSON"}


def find_boxes(archive: ZipFile, files: Paths) -> InvalidZip | None:
    """Returns the refusal of a zip whose texts are boxes, such as those of Pascal VOC or YOLO."""
    for suffix, kind in KINDS.items():
        entries = [entry for path, entry in files.items() if path[-1].casefold().endswith(suffix)]
        if example := next((entry for entry in _examined(entries) if _has_boxes(archive, entry, suffix)), None):
            return InvalidZip(f"{example.name} ({kind}) {BOXES}")
    return None


def _examined(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if 0 < entry.info.file_size <= MAX_FILE_BYTES][:EXAMINED]


def _has_boxes(archive: ZipFile, entry: Entry, suffix: str) -> bool:
    content = read_entry(archive, entry)
    if suffix == ".xml":
        return b"<annotation" in content and (b"<bndbox" in content or b"<box" in content)
    if suffix == ".json":
        return any(key in content for key in BOX_KEYS)
    lines = [line for line in content.splitlines() if line.strip()]
    return bool(lines) and all(YOLO_LINE.fullmatch(line) for line in lines)
