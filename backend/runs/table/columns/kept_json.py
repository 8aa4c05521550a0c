"""JSON of runs that have ended, kept from one list to the next until its run is changed."""

import threading
from collections.abc import Iterable, Mapping
from typing import NamedTuple

MAX_BYTES = 8_000_000  # of texts: 15,000 rows, or 2,000 whole runs

ViewKey = tuple[str, ...]  # what a list shows of each run: its view, and the paths of its columns


class Kept(NamedTuple):
    """The texts of some runs by their ids, and how often runs had been dropped when they were looked up."""

    texts: Mapping[str, bytes]
    drops: int


class KeptJson:
    """Texts by view and run, as of the changes that were read last. All are forgotten when they become too many.

    Lists read runs beside each other. One that looked up texts before a change of any run was read may have read the
    state before it, so that its texts are not added.
    """

    def __init__(self) -> None:
        self._texts: dict[ViewKey, dict[str, bytes]] = {}
        self._bytes = 0
        self._drops = 0
        self._lock = threading.Lock()

    def look_up(self, view: ViewKey, run_ids: Iterable[str]) -> Kept:
        with self._lock:
            texts = self._texts.get(view, {})
            return Kept({run_id: texts[run_id] for run_id in run_ids if run_id in texts}, self._drops)

    def add(self, view: ViewKey, texts: Mapping[str, bytes], drops: int) -> None:
        """Keeps texts of runs that were read after a look-up, which returned `drops`."""
        with self._lock:
            if drops != self._drops:
                return
            kept = self._texts.setdefault(view, {}) if texts else {}
            self._bytes += sum(len(text) - len(kept.get(run_id, b"")) for run_id, text in texts.items())
            kept.update(texts)
            if self._bytes > MAX_BYTES:
                self._texts, self._bytes = {}, 0

    def drop(self, run_ids: Iterable[str]) -> None:
        """Forgets what is kept of runs that were changed or deleted."""
        with self._lock:
            self._drops += 1
            for run_id in run_ids:
                for texts in self._texts.values():
                    self._bytes -= len(texts.pop(run_id, b""))
