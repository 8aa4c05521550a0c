"""Which images of an upload train and which test, and in which order they are stored: the same each time."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backend.datasets.store import SPLITS

SEED = 0
Positions = npt.NDArray[np.int64]


def arrange(
    labels: npt.NDArray[np.int64], contents: Sequence[bytes], given: Sequence[str | None], test_fraction: float
) -> dict[str, Positions]:
    """Positions of each split, in the order in which they are stored: shuffled by a seed.

    `contents` are equal where the pixels are. Where a split is given it is kept, but what is in `test` too is left out
    of `train`. Else each class gives its share to `test`, equal images all to the same side.
    """
    draw = np.random.default_rng(SEED)
    if any(split is not None for split in given):
        parts = _as_given(labels, contents, np.array([split == "test" for split in given]))
    else:
        tested = _drawn(labels, _groups(contents), test_fraction, draw)
        parts = {"test": tested, "train": np.setdiff1d(np.arange(len(labels)), tested)}
    return {split: draw.permutation(parts[split]) for split in SPLITS}


def duplicates(contents: Sequence[bytes]) -> int:
    """How many images equal an earlier one."""
    return len(contents) - len(set(contents))


def _as_given(
    labels: npt.NDArray[np.int64], contents: Sequence[bytes], tests: npt.NDArray[np.bool_]
) -> dict[str, Positions]:
    tested = {content for content, tests_it in zip(contents, tests, strict=True) if tests_it}
    again = np.array([content in tested for content in contents])
    for label in np.unique(labels):
        of_train = (labels == label) & ~tests
        if again[of_train].all():
            again[of_train] = False  # else the class had nothing to learn from
    return {"test": np.flatnonzero(tests), "train": np.flatnonzero(~tests & ~again)}


def _groups(contents: Sequence[bytes]) -> list[list[int]]:
    """Positions of equal images, together."""
    found: dict[bytes, list[int]] = {}
    for at, content in enumerate(contents):
        found.setdefault(content, []).append(at)
    return list(found.values())


def _drawn(
    labels: npt.NDArray[np.int64], groups: Sequence[list[int]], fraction: float, draw: np.random.Generator
) -> Positions:
    """The positions for test, ascending: of each class (the label of a group's first image) its share."""
    of_group = np.array([labels[group[0]] for group in groups])
    tested: list[int] = []
    for label in np.unique(of_group):
        mine = [groups[at] for at in draw.permutation(np.flatnonzero(of_group == label))]
        for group in _share(mine, max(1, round(sum(map(len, mine)) * fraction))):
            tested += group
    return np.array(sorted(tested), dtype=np.int64)


def _share(groups: Sequence[list[int]], images: int) -> list[list[int]]:
    """Groups that make up so many images, or the smallest where none fits; one group at least is left."""
    taken = []
    for group in groups[:-1]:
        if len(group) <= images:
            images -= len(group)
            taken.append(group)
    return taken or sorted(groups, key=len)[: len(groups) > 1]
