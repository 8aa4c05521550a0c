"""Temporary files of the tests in memory, where the machine has room for them."""

import os
import shutil
import tempfile
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a random name is made in it
PREFIX = "tests-"  # short, as the path of a socket has to be
CHOSEN_BY_USER = ("TMPDIR", "PYTEST_DEBUG_TEMPROOT")
NEEDED_BYTES = 2 * 2**30  # four times what a run of all tests leaves there until it ends
NEEDED_MEMORY = 10 * 2**30  # beside three workers with Keras and their programs


def keep_temporary_files_in_memory() -> None:
    """Spares tests the wait for a disk at each commit: a board's tests commit some ten thousand times.

    Whether data outlives a loss of power is nothing that a test can see on a disk either.
    """
    if not any(name in os.environ for name in CHOSEN_BY_USER) and _has_room():
        os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY)


def remove_from_memory() -> None:
    """Removes the folder with all that killed processes left in it."""
    folder = Path(tempfile.gettempdir())
    if folder.parent == MEMORY and folder.name.startswith(PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def _has_room() -> bool:
    if not MEMORY.is_dir() or psutil.virtual_memory().available < NEEDED_MEMORY:
        return False
    can_execute = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    return can_execute and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > NEEDED_BYTES
