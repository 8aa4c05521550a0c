"""The text of each run that the parameter `q` searches."""

from collections.abc import Sequence

import numpy as np

from backend.runs.table.columns.arrays import Array, Mask, Positions
from backend.runs.table.columns.text_search import SearchedTexts


class SearchColumn:
    """Texts of which hardly two are equal: a dictionary of them, as that of TextColumn, takes 13 MB for 100,000."""

    def __init__(self) -> None:
        self._array = Array(np.int32(0))  # the number of each run's text; 0 is the empty one of a run without a text
        self.resize, self.compact = self._array.resize, self._array.compact
        self._texts = SearchedTexts()
        self._texts.add([""])

    @property
    def count(self) -> int:
        """The texts that runs have or had."""
        return len(self._texts)

    def write(self, positions: Positions, values: Sequence[str | None]) -> None:
        before = self._array.values[positions].tolist()
        numbers = [self._number(text or "", number) for text, number in zip(values, before, strict=True)]
        self._array.write(positions, numbers)

    def _number(self, text: str, before: int) -> int:
        """Returns the number of a run's text, which is seldom another one than before."""
        if text == self._texts.text(before):
            return before
        self._texts.add([text])
        return len(self._texts) - 1

    def contains(self, part: str) -> Mask:
        """Returns which runs' texts contain `part`, in its own case."""
        return np.asarray(self._texts.containing(part)[self._array.values])
