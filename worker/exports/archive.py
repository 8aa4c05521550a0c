"""Writes zip archives with the checksums of their files."""

import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path

ENTRY_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip can hold
COMPRESSED_SUFFIXES = (".keras", ".png")


def write_archive(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Writes the files, by name and content, and SHA256SUMS. Equal files give an equal archive."""
    checksums: list[str] = []
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files:
            checksums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
            _add(archive, name, content)
        _add(archive, "SHA256SUMS", "".join(checksums).encode())


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Adds a file whose bytes in the archive depend on nothing but its name and content."""
    entry = zipfile.ZipInfo(name, ENTRY_DATE)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(COMPRESSED_SUFFIXES) else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
