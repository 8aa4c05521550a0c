"""Finds the texts that contain a part. They lie one after the other, so that one comparison looks at all."""

from array import array
from collections.abc import Sequence

import numpy as np

from backend.runs.table.columns.arrays import Mask, Positions

SAMPLE_BYTES = 65_536  # in which the rarest byte of a part is looked up
KEPT_SEARCHES = 8  # a byte for each text
MANY_PLACES = 4  # one in so many texts
END = "\0"  # no text of a run has it, so that no part is found across two texts


class SearchedTexts:
    """Texts by number, to which more can be added."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._starts = array("q")
        self._found: dict[str, Mask] = {}

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, texts: Sequence[str]) -> None:
        if not texts:
            return
        self._found.clear()
        block = (END.join(texts) + END).encode()
        ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord(END)) + 1
        starts = np.concatenate(([0], ends[:-1])) + len(self._bytes)
        self._starts.frombytes(starts.astype(np.int64).tobytes())
        self._bytes += block

    def text(self, number: int) -> str:
        end = self._starts[number + 1] if number + 1 < len(self) else len(self._bytes)
        return self._bytes[self._starts[number] : end - len(END)].decode()

    def containing(self, part: str) -> Mask:
        """Returns which texts contain `part`, in its own case. Pages of one search look for it once."""
        if part not in self._found:
            if len(self._found) == KEPT_SEARCHES:
                del self._found[next(iter(self._found))]
            self._found[part] = self._find(part)
        return self._found[part]

    def _find(self, part: str) -> Mask:
        """Returns which texts contain `part`. Candidates are the places of its rarest byte."""
        if not part:
            return np.ones(len(self), np.bool_)
        expected, data = np.frombuffer(part.encode(), np.uint8), np.frombuffer(self._bytes, np.uint8)
        rarest = int(np.argmin(np.bincount(data[:SAMPLE_BYTES], minlength=256)[expected]))
        places = np.flatnonzero(data == expected[rarest]) - rarest
        places = places[(places >= 0) & (places <= len(data) - len(expected))]
        for offset, byte in enumerate(expected):
            if offset != rarest:
                places = places[data[places + offset] == byte]
        result = np.zeros(len(self), np.bool_)
        result[self._texts_at(places)] = True
        return result

    def _texts_at(self, places: Positions) -> Positions:
        """Returns the number of the text in which each byte lies. That of every byte is faster than to look up many."""
        starts = np.frombuffer(self._starts, np.int64)
        if len(places) < len(starts) / MANY_PLACES:
            return np.searchsorted(starts, places, "right") - 1
        lengths = np.diff(starts, append=len(self._bytes))
        return np.asarray(np.repeat(np.arange(len(starts)), lengths)[places])
