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
        """Adds the texts that are not those of before, which most are after each epoch of a run."""
        numbers, new, count = self._array.values[positions].tolist(), list[str](), self.count
        for place, text in enumerate(values):
            if (text or "") != self._texts.text(numbers[place]):
                numbers[place] = count + len(new)
                new.append(text or "")
        self._texts.add(new)
        self._array.write(positions, numbers)

    def contains(self, part: str) -> Mask:
        """Returns which runs' texts contain `part`, in its own case."""
        return np.asarray(self._texts.containing(part)[self._array.values])
