"""Finds the texts that contain a part. They lie one after the other, so that one comparison looks at all."""

from array import array
from collections.abc import Iterable

import numpy as np

from backend.runs.table.columns.arrays import Mask

SAMPLE = 65_536  # bytes in which the rarest byte of a part is looked up
END = b"\0"  # no text of a run has it, so that no part is found across two texts


class SearchedTexts:
    """Texts by number, to which more can be added."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._starts = array("q")

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._starts.append(len(self._bytes))
            self._bytes += text.encode() + END

    def containing(self, part: str) -> Mask:
        """Returns which texts contain `part`, in its own case. Candidates are the places of its rarest byte."""
        if not part:
            return np.ones(len(self), np.bool_)
        expected, data = np.frombuffer(part.encode(), np.uint8), np.frombuffer(self._bytes, np.uint8)
        rarest = int(np.argmin(np.bincount(data[:SAMPLE], minlength=256)[expected]))
        places = np.flatnonzero(data == expected[rarest]) - rarest
        places = places[(places >= 0) & (places <= len(data) - len(expected))]
        for offset, byte in enumerate(expected):
            places = places[data[places + offset] == byte]
        result = np.zeros(len(self), np.bool_)
        result[np.searchsorted(np.frombuffer(self._starts, np.int64), places, "right") - 1] = True
        return result
