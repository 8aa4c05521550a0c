"""Which image of an upload goes to which split."""

from collections.abc import Sequence

import numpy as np

from worker.datasets.splitting import assign_splits

LABELS = np.array([0, 0, 0, 1, 1, 1])


def splits(hashes: str, names: Sequence[str | None]) -> dict[str, list[int]]:
    """Returns the sorted positions of each split; equal letters are equal images."""
    assigned = assign_splits(LABELS, [letter.encode() for letter in hashes], names, test_fraction=0.3)
    return {split: sorted(positions.tolist()) for split, positions in assigned.items()}


THREE = ["train", "validation", "test"] * 2


def test_three_parts_are_kept_as_three() -> None:
    assert splits("abcdef", THREE) == {"train": [0, 3], "validation": [1, 4], "test": [2, 5]}


def test_an_image_is_kept_in_the_last_of_its_splits() -> None:
    names = ["train", "train", "validation", "train", "validation", "test"]

    assert splits("abbcdd", names) == {"train": [0, 3], "validation": [2, 4], "test": [5]}
    assert splits("abbcdc", names) == {"train": [0, 3], "validation": [2, 4], "test": [5]}  # class 1 keeps its only one


def test_a_class_may_be_absent_from_a_split() -> None:
    names = ["train", "validation", "test", "train", "train", "train"]

    assert splits("abcdef", names) == {"train": [0, 3, 4, 5], "validation": [1], "test": [2]}


def test_without_a_test_part_one_is_drawn() -> None:
    drawn = splits("abcdef", [None] * 6)

    assert list(drawn) == ["train", "test"]
    assert sorted(drawn["train"] + drawn["test"]) == list(range(6))
