"""Fails a test that works with files inside a write transaction, which all other writers would wait for."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from backend.db.engine import Database

CHANGES = ("os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "shutil.copyfile")
DATA_FOLDERS = ("/runs/", "/datasets/", "/uploads/", "/questions/")

_thread = threading.local()
_write = Database.write


@contextmanager
def write_without_files(database: Database) -> Iterator[Session]:
    """`Database.write` whose block can't open, link, rename or remove a file of the data folder."""
    with _write(database) as session:
        _thread.is_writing = True
        try:
            yield session
        finally:
            _thread.is_writing = False


def _refuse_files(event: str, arguments: tuple[Any, ...]) -> None:
    if not getattr(_thread, "is_writing", False) or event not in (*CHANGES, "open"):
        return
    path = str(arguments[0])
    if any(folder in path for folder in DATA_FOLDERS):
        _thread.is_writing = False  # so that the report of the failure may open files
        raise AssertionError(f"{event} of {path} inside a write transaction: do it before, or after the commit")


sys.addaudithook(_refuse_files)  # hooks stay for the life of the process; this one does nothing outside of the block
