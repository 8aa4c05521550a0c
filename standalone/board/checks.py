"""Checks that `up` makes before it starts a process. Each failure is a CommandError of one sentence."""

import ipaddress
import os
import shlex
import socket
from pathlib import Path

from backend.files import PRIVATE_UMASK, make_private
from backend.settings import Settings
from backend.variables import WrongSetting
from standalone.errors import CommandError

OWN_FILES = {"epochboard.db", "lock", "valkey", "runs", "datasets"}
"""Names by which a folder is known to be a data folder."""


def read_settings(data_dir: str | None) -> Settings:
    """Returns the settings of the environment; --data-dir overrides EPOCHBOARD_DATA_DIR."""
    try:
        return Settings(data_dir=Path(data_dir)) if data_dir else Settings()
    except WrongSetting as error:
        raise CommandError(f"{error} (docs/settings.md lists the settings).", code=2) from None


def check_host(host: str) -> None:
    try:
        is_local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_local = False
    if not is_local:
        raise CommandError(
            f"--host {host} would open the board to other machines, and it has no access control yet; "
            "leave it out, or give 127.0.0.1, ::1 or localhost.",
            code=2,
        )


def check_page(folder: Path) -> None:
    if not (folder / "index.html").is_file():
        raise CommandError(f"The page is not built: {folder} has no index.html; run `make setup` in the clone.", code=2)


def check_port(host: str, port: int) -> None:
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CommandError(
                f"Port {port} of {host} can't be used ({os.strerror(error.errno or 0)}): "
                "end the program that uses it, or choose another with --port.",
                code=2,
            ) from None


def make_data_dir(path: Path) -> Path:
    """Returns the absolute path of the data directory, which only this user can open; creates it where it is missing.

    From here on, this process and its children write files that only this user can read.
    """
    os.umask(PRIVATE_UMASK)
    folder = path.expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"The data folder {folder} can't be created ({error.strerror}): choose another with --data-dir.", code=2
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CommandError(f"The data folder {folder} can't be written to: choose another with --data-dir.", code=2)
    close_to_others(folder)
    return folder


def close_to_others(folder: Path) -> None:
    """Takes the permissions of other users from a data folder, but not from a folder that serves others, too."""
    mode = folder.stat().st_mode & 0o777
    if not mode & PRIVATE_UMASK:
        return
    try:
        names = {entry.name for entry in folder.iterdir()}
        if not names or names & OWN_FILES:
            make_private(folder)
            return
        reason = "has files that are not the board's"
    except PermissionError:
        reason = "belongs to another user"
    raise CommandError(
        f"The data folder {folder} is open to other users of this machine (mode {mode:04o}) and {reason}: "
        f"run `chmod 700 {shlex.quote(str(folder))}`, or choose another folder with --data-dir.",
        code=2,
    )


def migrate_database(settings: Settings) -> None:
    """Migrates the database to this version; where that is not possible, the error gives the reason."""
    from backend.db import migrated  # here, since `up` itself does without SQLAlchemy

    try:
        migrated.migrate_database(settings)
    except migrated.NotMigrated as error:
        raise CommandError(str(error)) from error
