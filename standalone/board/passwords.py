"""Passwords of a board in containers: `python -m standalone.passwords FOLDER` makes those that are not there yet.

Its group may read them as well: PostgreSQL and Valkey run as users of their own in that group.
"""

import os
import secrets
import sys
from pathlib import Path

MODE = 0o440
BYTES = 32


def make(folder: Path) -> list[str]:
    """The names of the files that were made; what is there stays as it is."""
    database = keep(folder / "database", secrets.token_hex(BYTES))
    redis = keep(folder / "redis", secrets.token_hex(BYTES))
    # An option would show the password to everybody who lists processes.
    config = keep(folder / "valkey.conf", f"requirepass {(folder / 'redis').read_text()}")
    return [*database, *redis, *config]


def keep(file: Path, text: str) -> list[str]:
    """A new file, whole or not at all."""
    if file.exists():
        return []
    temporary = file.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    temporary.rename(file)
    return [file.name]


if __name__ == "__main__":
    made = make(Path(sys.argv[1]))
    print(f"made {', '.join(made)}" if made else "all passwords are there")
