"""Texts are found by any part, and are in the order of their code points, however they were written."""

import gc
import random
import weakref

import numpy as np

from backend.runs.table.columns.search_column import SearchColumn
from backend.runs.table.columns.text_search import KEPT_SEARCHES, SearchedTexts
from backend.runs.table.columns.texts import MANY_TEXTS, TextColumn

PARTS = ("", "a", "ab", "é", "日", "aaa", "b", "日本", "x")


def test_a_part_is_found_where_python_finds_it() -> None:
    draw = random.Random(0)
    texts = ["".join(draw.choices("aabbé日本", k=draw.randrange(6))) for _ in range(300)]
    searched = SearchedTexts()
    searched.add(texts[:200])
    assert searched.containing("a").sum() == sum("a" in text for text in texts[:200])
    searched.add(texts[200:])

    for part in PARTS:
        assert searched.containing(part).tolist() == [part in text for text in texts], part


def test_a_search_that_was_kept_finds_texts_that_came_later() -> None:
    searched = SearchedTexts()
    searched.add(["ab", "b"])
    assert [searched.containing("a").tolist() for _ in range(2)] == [[True, False]] * 2
    assert searched.containing("a") is searched.containing("a")

    searched.add(["xa"])

    assert searched.containing("a").tolist() == [True, False, True]


def test_searches_are_freed_with_their_texts() -> None:
    searched = SearchedTexts()
    searched.add(["ab", "b"])
    masks = [weakref.ref(searched.containing(part)) for part in "abcdefghijkl"]
    assert [mask() is None for mask in masks] == [True] * (12 - KEPT_SEARCHES) + [False] * KEPT_SEARCHES

    gc.disable()
    try:
        del searched
        assert [mask() for mask in masks] == [None] * 12
    finally:
        gc.enable()


def test_the_searched_text_of_a_run_is_stored_again_only_if_it_is_another() -> None:
    column, positions = SearchColumn(), np.array([1, 2, 3])
    column.resize(5)
    column.write(positions, ["ab é", None, "b"])
    count = column.count
    column.write(positions, ["ab é", None, "b"])
    assert column.count == count
    assert column.contains("b").tolist() == [False, True, False, True, False]

    column.write(positions, ["ab é", "b é", None])

    assert column.contains("b").tolist() == [False, True, True, False, False]
    assert column.contains("é").tolist() == [False, True, True, False, False]


def test_texts_keep_their_order_as_more_are_written() -> None:
    draw = random.Random(0)
    column = TextColumn()
    column.resize(3 * MANY_TEXTS)
    texts: list[str | None] = []
    for number in (2 * MANY_TEXTS, 1, 5, 1):
        new = ["".join(draw.choices("abÜ", k=3)) if draw.random() < 0.9 else None for _ in range(number)]
        column.write(range(len(texts), len(texts) + number), new)
        texts += new

        keys = column.keys()[: len(texts)]
        in_order = [texts[place] for place in np.argsort(keys) if texts[place] is not None]
        assert in_order == sorted(text for text in texts if text is not None)
        assert [text is None for text in texts] == column.is_null()[: len(texts)].tolist()


def test_texts_are_put_in_order_as_all_runs_have_been_read() -> None:
    column = TextColumn()
    column.resize(2 * MANY_TEXTS)
    column.write(range(2 * MANY_TEXTS), [f"{number}" for number in range(2 * MANY_TEXTS)])

    column.compact()

    assert len(column._ranks) == column.count, "no list waits for it"
