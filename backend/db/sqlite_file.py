"""Watches the file of a SQLite database: it must exist, and stay the same file while the process runs.

SQLite would make a new, empty database in place of a file that was moved away, or go on in the moved file.
"""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from backend.db.errors import DatabaseMoved


class SqliteFile:
    """Opens connections of an engine without ever making a file, and refuses them once the file is another one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity: tuple[int, int] | None = None

    def watch(self, engine: Engine) -> None:
        event.listen(engine, "do_connect", self._connect)
        event.listen(engine, "checkout", self._check)

    def _connect(self, _dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]) -> None:
        self._check()
        arguments[0], options["uri"] = f"file:{quote(str(self._path))}?mode=rw", True

    def _check(self, *_arguments: object) -> None:
        """Compares device and inode with those of the first connection."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            raise self._moved("is not there") from None
        identity = status.st_dev, status.st_ino
        self._identity = self._identity or identity
        if identity != self._identity:
            raise self._moved("was replaced by another file while the board runs")

    def _moved(self, how: str) -> OperationalError:
        return OperationalError(None, None, DatabaseMoved(f"The database file {self._path.name} {how}"))
