"""Saves files atomically: temporary name, fsync, rename. Waits while the disk is full."""

import errno
import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.files import sync_folder
from worker.training.report import SavedFile

Write = Callable[[Path], object]

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
RETRY_SECONDS = 5.0


def save_file(path: Path, write: Write) -> SavedFile:
    """Has `write` write a temporary file, and renames it to `path` once its bytes are on disk.

    The temporary name has the suffix of `path`, on which Keras and NumPy depend.
    """
    temporary = path.with_name(f"writing-{path.name}")
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


@dataclass(frozen=True)
class Folder:
    """The folder of a training. A full disk is logged and waited for; saved files stay complete."""

    path: Path
    log: Callable[[str, str], object]

    def save(self, name: str, write: Write) -> SavedFile:
        waiting = False
        while True:
            try:
                saved = save_file(self.path / name, write)
            except OSError as error:
                if not is_full(error):
                    raise
            else:
                if waiting:
                    self.log("There is room on the disk again", "info")
                return saved
            if not waiting:
                self.log("The disk is full: free some space in the data folder, and the run goes on", "warning")
            waiting = True
            time.sleep(RETRY_SECONDS)


def is_full(error: OSError) -> bool:
    """Returns whether the disk was full. NumPy allocates before it writes, and then raises without an errno."""
    return error.errno in DISK_FULL or "free space" in str(error)
