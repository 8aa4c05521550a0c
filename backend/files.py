"""File operations that several rooms share: hashing, atomic writes, hard links, locks, removal of folders."""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PARTIAL_SUFFIX = ".part"  # of a request body that is being received
WRITING_PREFIX = "writing-"  # of a file that `save_file` is writing
PRIVATE_UMASK = 0o077  # of all of our processes: what they write can only be read by their user
HashName = Literal["MD5", "SHA-256"]
HASHES: Mapping[HashName, str] = {"MD5": "md5", "SHA-256": "sha256"}
MD5_DIGITS = 32
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class ReceivedFile:
    """A request body on disk under a temporary name; rename it to keep it. `size` is in bytes."""

    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class SavedFile:
    """A file that is complete, synced and under its final name, which is never written again."""

    path: Path
    bytes: int
    sha256: str


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file as hexadecimal digits."""
    return hash_of(path, "SHA-256")


def hash_of(path: Path, name: HashName) -> str:
    """Returns the hash of a file as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(HASHES[name], usedforsecurity=False)).hexdigest()


def hash_name(digest: str) -> HashName:
    """Returns which hash has so many hexadecimal digits."""
    return "MD5" if len(digest) == MD5_DIGITS else "SHA-256"


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Locks a file for the block, and yields whether it could: False where another process holds it."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def save_file(path: Path, write: Callable[[Path], object]) -> SavedFile:
    """Has `write` write a temporary file, and renames it to `path` once its bytes are on disk.

    The temporary name has the suffix of `path`, on which Keras and NumPy depend.
    """
    temporary = path.with_name(f"{WRITING_PREFIX}{path.name}")
    try:
        write(temporary)
        with temporary.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        size = temporary.stat().st_size
        temporary.rename(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return SavedFile(path, size, digest)


def link(source: Path, target: Path) -> None:
    """Makes a hard link, or a copy where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def sync_file(path: Path) -> None:
    """Flushes a file's content to disk (fsync)."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


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


def make_private(folder: Path) -> None:
    """Takes the permissions of all other users from a folder. Raises PermissionError if it belongs to one of them."""
    if folder.stat().st_mode & PRIVATE_UMASK:
        folder.chmod(0o700)


def is_full(error: OSError) -> bool:
    """Returns whether the disk was full. NumPy allocates before it writes, and then raises without an errno."""
    return error.errno in DISK_FULL or "free space" in str(error)
