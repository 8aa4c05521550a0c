"""Zips a folder while it is sent, so that the zip is never whole in memory or on disk."""

import os
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from standalone.errors import CommandError

CHUNK_BYTES = 256 * 1024


class _Buffer:
    """An unseekable file whose content is removed as it is read."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, chunk: bytes) -> int:
        self._written += chunk
        return len(chunk)

    def flush(self) -> None:
        """Does nothing: nothing is buffered below."""

    def close(self) -> None:
        """Does nothing: there is no file to close."""

    def read_all(self) -> bytes:
        content = bytes(self._written)
        self._written.clear()
        return content


def files_in(folder: Path) -> list[Path]:
    """Returns all files and empty folders below `folder`, sorted by name, without hidden ones."""
    paths: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        in_parent = [Path(parent, name) for name in sorted(files) if not name.startswith(".")]
        paths += [path for path in in_parent if path.is_file()]
        if not folders and not in_parent and Path(parent) != folder:
            paths.append(Path(parent))
    return paths


def zip_stream(folder: Path, paths: list[Path]) -> Iterator[bytes]:
    """Yields the zip in chunks. Images are compressed already, so entries are stored uncompressed."""
    buffer = _Buffer()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for path in paths:
            for _ in _write_entry(archive, path, path.relative_to(folder).as_posix()):
                yield buffer.read_all()
    yield buffer.read_all()


def _write_entry(archive: ZipFile, path: Path, name: str) -> Iterator[None]:
    """Writes one file or empty folder; yields after each chunk so that the caller can drain the buffer."""
    try:
        info = ZipInfo.from_file(path, name, strict_timestamps=False)
        if info.is_dir():
            archive.writestr(info, b"")
            return
        with path.open("rb") as file, archive.open(info, "w") as entry:
            while chunk := file.read(CHUNK_BYTES):
                entry.write(chunk)
                yield
    except (OSError, UnicodeEncodeError) as error:
        raise CommandError(f"{os.fsencode(path)!r} can't be read or sent: {error}.") from None
