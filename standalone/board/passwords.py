"""Passwords of a board in containers: `python -m standalone.board.passwords FOLDER` makes those that don't exist yet.

The group may read them: PostgreSQL and Valkey run as users of their own in that group.
"""

import os
import secrets
import sys
from pathlib import Path

MODE = 0o440
PASSWORD_BYTES = 32  # 256 bits


def make(folder: Path) -> list[str]:
    """Returns the names of the files that were made; existing ones stay as they are."""
    database = write_once(folder / "database", secrets.token_hex(PASSWORD_BYTES))
    redis = write_once(folder / "redis", secrets.token_hex(PASSWORD_BYTES))
    # In a file, since a command-line option can be read by every user who lists processes.
    config = write_once(folder / "valkey.conf", f"requirepass {(folder / 'redis').read_text()}")
    return [*database, *redis, *config]


def write_once(file: Path, text: str) -> list[str]:
    """Writes a new file atomically. Returns its name, or nothing where it exists."""
    if file.exists():
        return []
    temporary = file.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w") as opened:
        os.fchmod(opened.fileno(), MODE)  # the umask of this process may have taken the group's right to read
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    temporary.rename(file)
    return [file.name]


if __name__ == "__main__":
    names = make(Path(sys.argv[1]))
    print(f"made {', '.join(names)}" if names else "all passwords exist")
