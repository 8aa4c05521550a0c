"""Files that are complete or not there: temporary name, fsync, rename."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from backend.store import sync_folder
from worker.training.report import SavedFile


def save_file(path: Path, write: Callable[[Path], object]) -> SavedFile:
    """Let `write` fill a file, and give it its name once its bytes are on disk.

    `write` gets a path with the ending of `path`, since Keras and NumPy go by it.
    """
    temporary = path.with_name(f"writing-{path.name}")
    write(temporary)
    with temporary.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    size = temporary.stat().st_size
    temporary.rename(path)
    sync_folder(path.parent)
    return SavedFile(path, size, digest)
