"""Operations on files that several rooms share: hashes, links, durable names."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

PARTIAL = ".part"


@dataclass(frozen=True)
class ReceivedFile:
    """A file on disk that nobody has yet; who wants it renames it."""

    path: Path
    size: int
    sha256: str


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def link(source: Path, target: Path) -> None:
    """Gives a file a second name, or copies it where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def sync_folder(folder: Path) -> None:
    """Makes names in `folder` (new, renamed, removed) survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_folder(data_dir: Path, *below: str) -> None:
    """Removes a folder below the data directory with its content. A folder that does not exist is fine."""
    shutil.rmtree(data_dir.joinpath(*below), ignore_errors=True)
