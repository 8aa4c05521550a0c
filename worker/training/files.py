"""Saves the files of a training into its folder, and waits while the disk is full."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from backend.files import SavedFile, is_full, save_file

T = TypeVar("T")
Write = Callable[[Path], object]

RETRY_SECONDS = 5.0
DISK_FULL = "The disk of the data folder is full"


@dataclass(frozen=True)
class Folder:
    """The folder of a training. A full disk is logged and waited for; saved files stay complete.

    `waits` is called with the reason while it waits, so that pages say it and it is not taken for a stall.
    """

    path: Path
    log: Callable[[str, str], object]
    waits: Callable[[str], object] = lambda _reason: None

    def create(self) -> None:
        self._with_room(lambda: self.path.mkdir(parents=True, exist_ok=True))

    def save(self, name: str, write: Write) -> SavedFile:
        return self._with_room(lambda: save_file(self.path / name, write))

    def _with_room(self, write: Callable[[], T]) -> T:
        """Returns the result of `write`, which is called until the disk has room for it."""
        waiting = False
        while True:
            try:
                result = write()
            except OSError as error:
                if not is_full(error):
                    raise
            else:
                if waiting:
                    self.log("The disk has free space again", "info")
                return result
            if not waiting:
                self.log("The disk is full: free some space in the data folder, then the run continues", "warning")
            waiting = True
            self.waits(DISK_FULL)
            time.sleep(RETRY_SECONDS)
