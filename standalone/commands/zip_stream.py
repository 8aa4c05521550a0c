"""A folder as a zip that is made while it is sent: no copy of it is ever in memory or on disk."""

import os
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from standalone.refusal import Refusal

PIECE_BYTES = 256 * 1024


class _Sink:
    """A file that can't be sought: what was written to it is taken out again."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, piece: bytes) -> int:
        self._written += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def files_in(folder: Path) -> list[Path]:
    """All files below the folder, and its empty folders, in order of their names; no hidden ones."""
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = [Path(parent, name) for name in sorted(files) if not name.startswith(".")]
        found += [path for path in here if path.is_file()]
        if not folders and not here and Path(parent) != folder:
            found.append(Path(parent))
    return found


def zipped(folder: Path, paths: list[Path]) -> Iterator[bytes]:
    """The zip, piece by piece; images are packed already, so they are stored as they are."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_STORED) as archive:
        for path in paths:
            for _ in _added(archive, path, path.relative_to(folder).as_posix()):
                yield sink.take()
    yield sink.take()


def _added(archive: ZipFile, path: Path, name: str) -> Iterator[None]:
    """Put a file in, with a stop after each piece."""
    try:
        info = ZipInfo.from_file(path, name, strict_timestamps=False)
        if info.is_dir():
            archive.writestr(info, b"")
            return
        with path.open("rb") as file, archive.open(info, "w") as entry:
            while piece := file.read(PIECE_BYTES):
                entry.write(piece)
                yield
    except (OSError, UnicodeEncodeError) as error:
        raise Refusal(f"{os.fsencode(path)!r} can't be read or sent: {error}.") from None
