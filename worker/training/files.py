"""Files that are complete or not there: temporary name, fsync, rename."""

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

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
AGAIN_SECONDS = 5.0


def save_file(path: Path, write: Write) -> SavedFile:
    """Let `write` fill a file, and give it its name once its bytes are on disk.

    `write` gets a path with the ending of `path`, since Keras and NumPy go by it.
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
    """Where a training saves. A full disk is told, and waited for: what is there already stays whole."""

    path: Path
    log: Callable[[str, str], object]

    def save(self, name: str, write: Write) -> SavedFile:
        told = False
        while True:
            try:
                saved = save_file(self.path / name, write)
            except OSError as error:
                if not is_full(error):
                    raise
            else:
                if told:
                    self.log("There is room on the disk again", "info")
                return saved
            if not told:
                self.log("The disk is full: free some space in the data folder, and the run goes on", "warning")
            told = True
            time.sleep(AGAIN_SECONDS)


def is_full(error: OSError) -> bool:
    """Whether there was no room. NumPy, which allocates before it writes, says so without the system's number."""
    return error.errno in NO_ROOM or "free space" in str(error)
