"""File operations that several rooms share: hashing, hard links, durable renames, removal of folders."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

PARTIAL_SUFFIX = ".part"


@dataclass(frozen=True)
class ReceivedFile:
    """A request body on disk under a temporary name; rename it to keep it. `size` is in bytes."""

    path: Path
    size: int
    sha256: str


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def link(source: Path, target: Path) -> None:
    """Makes a hard link, or a copy where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def sync_folder(folder: Path) -> None:
    """Flushes a folder's entries to disk (fsync), so that its changes survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_folder(data_dir: Path, *below: str) -> None:
    """Removes a folder below the data directory with its content, if it exists."""
    shutil.rmtree(data_dir.joinpath(*below), ignore_errors=True)
