"""Allows one board per data directory. The kernel holds the lock, so that no crash can leave it behind."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from standalone.errors import CommandError


@contextmanager
def lock(data_dir: Path, url: str) -> Iterator[None]:
    """Holds DATA_DIR/lock.

    Raises:
        CommandError: another board holds it; the message names its pid and address.
    """
    path = data_dir / "lock"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(in_use(data_dir, file.read()), code=2) from None
        write(file.fileno(), json.dumps({"pid": os.getpid(), "url": url}))
        yield
        write(file.fileno(), "")


def write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)


def in_use(data_dir: Path, lock_text: str) -> str:
    try:
        owner = json.loads(lock_text)
        holder = f"process {owner['pid']} serves it at {owner['url']}"
    except (ValueError, TypeError, KeyError):
        holder = "a board that is just starting or ending holds it"
    return f"{data_dir} is already in use: {holder}; open that one, or choose another folder with --data-dir."
