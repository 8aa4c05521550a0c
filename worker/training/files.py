"""Saves the files of a training into its folder, and waits while the disk is full."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.files import SavedFile, is_full, save_file

Write = Callable[[Path], object]

RETRY_SECONDS = 5.0


@dataclass(frozen=True)
class Folder:
    """The folder of a training. A full disk is logged and waited for; saved files stay complete.

    `still_alive` is called while it waits, so that this is not taken for a stall.
    """

    path: Path
    log: Callable[[str, str], object]
    still_alive: Callable[[], object] = lambda: None

    def save(self, name: str, write: Write) -> SavedFile:
        waiting = False
        while True:
            try:
                saved = save_file(self.path / name, write)
            except OSError as error:
                if not is_full(error):
                    raise
            else:
                if waiting:
                    self.log("The disk has free space again", "info")
                return saved
            if not waiting:
                self.log("The disk is full: free some space in the data folder, then the run continues", "warning")
            waiting = True
            self.still_alive()
            time.sleep(RETRY_SECONDS)
