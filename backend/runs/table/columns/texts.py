"""A column of texts."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np

from backend.runs.table.columns.arrays import ALL, Array, Keys, Mask, NumberColumn, Positions, range_of
from backend.runs.table.columns.text_search import SearchedTexts

MANY_TEXTS = 100  # new ones, from which on sorting all is faster than inserting each


class Numbers(dict[str | None, int]):
    """Numbers texts in the order in which they are first requested, from 1; 0 is null."""

    def __init__(self) -> None:
        super().__init__({None: 0})
        self.texts = [""]  # by number

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self.texts)
        self.texts.append(text)
        return number


class TextColumn:
    """Texts, each of which is stored once. Their order is that of their code points, as in SQLite."""

    def __init__(self) -> None:
        self._array = Array(np.int32(0))  # the number of each run's text
        self.resize = self._array.resize
        self._number_of = Numbers()
        self._texts = self._number_of.texts
        self._sorted: list[str] = []
        self._ranks = np.array([np.nan])  # the place in `_sorted`, by number
        self._searched, self._lowered = SearchedTexts(), SearchedTexts()

    @property
    def count(self) -> int:
        """The texts that runs have or had."""
        return len(self._texts)

    def write(self, positions: Sequence[int] | Positions, values: Sequence[str | None]) -> None:
        self._array.write(positions, [self._number_of[text] for text in values])

    def compact(self) -> None:
        """Frees the memory of one text that all runs have, and puts texts in order, for which no list has to wait."""
        self._array.compact()
        self._put_in_order()

    def keys(self, runs: Positions | slice = ALL) -> Keys:
        self._put_in_order()
        return np.asarray(self._ranks[self._array.values[runs]])

    def range(self, runs: Positions) -> tuple[Any, Any, int]:
        """Returns the least and the greatest key of some runs, and how many have one."""
        return range_of(self.keys(runs))

    def distinct(self, runs: Positions, limit: int) -> list[Any] | None:
        """Returns the values of some runs in their order, without null; None if there are more than `limit`."""
        numbers = np.flatnonzero(np.bincount(self._array.values[runs]))
        texts = [self._texts[number] for number in numbers[: limit + 2] if number]
        return sorted(texts) if len(texts) <= limit else None

    def key(self, value: Any) -> float:
        """Returns the key of a text. One that no run has lies between the keys of two."""
        self._put_in_order()
        place = bisect_left(self._sorted, value)
        return place if self._sorted[place : place + 1] == [value] else place - 0.5

    def _put_in_order(self) -> None:
        """Completes the order after new texts were written."""
        first = len(self._ranks)
        if first == len(self._texts):
            return
        self._ranks = np.append(self._ranks, np.zeros(len(self._texts) - first))
        if len(self._texts) - first > MANY_TEXTS:
            self._sorted = sorted(self._texts[1:])
            self._ranks[[self._number_of[text] for text in self._sorted]] = np.arange(len(self._sorted))
            return
        for number in range(first, len(self._texts)):
            place = bisect_left(self._sorted, self._texts[number])
            self._sorted.insert(place, self._texts[number])
            self._ranks[1:number][self._ranks[1:number] >= place] += 1
            self._ranks[number] = place

    def number(self, text: str) -> int:
        """Returns the number of a text, from 1 in the order in which they come."""
        return self._number_of[text]

    def numbers(self, texts: Sequence[str]) -> list[int]:
        """Returns the numbers of those texts that have one."""
        return [self._number_of[text] for text in texts if text in self._number_of]

    def text(self, number: int) -> str:
        return self._texts[number]

    def value(self, position: int) -> str | None:
        number = self._array.values[position]
        return self._texts[number] if number else None

    def is_null(self) -> Mask:
        return np.asarray(self._array.values == 0)

    def equals(self, value: Any) -> Mask:
        return np.asarray(self._array.values == self._number_of.get(value, -1))

    def contains(self, part: str) -> Mask:
        """Returns which texts contain `part`, in its own case."""
        self._searched.add(self._texts[len(self._searched) :])
        return self._of_runs(self._searched.containing(part))

    def contains_in_any_case(self, part: str) -> Mask:
        self._lowered.add([text.lower() for text in self._texts[len(self._lowered) :]])
        return self._of_runs(self._lowered.containing(part.lower()))

    def _of_runs(self, texts: Mask) -> Mask:
        return np.asarray(texts[self._array.values] & (self._array.values != 0))  # null contains nothing


Column = NumberColumn | TextColumn
