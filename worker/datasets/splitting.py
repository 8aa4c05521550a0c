"""Assigns the images of an upload to splits and fixes the order in which they are stored, by a fixed seed."""

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from backend.datasets.store import existing_splits

SEED = 0
Positions = npt.NDArray[np.int64]


def assign_splits(
    labels: npt.NDArray[np.int64], hashes: Sequence[bytes], splits: Sequence[str | None], test_fraction: float
) -> dict[str, Positions]:
    """Returns the positions of each split's images in stored order, which is a seeded shuffle.

    `hashes` are equal where the decoded pixels are. `splits` is None for each image of a zip that is not divided:
    then `test_fraction` of each class goes to `test`, equal images to the same split. Otherwise the splits are kept,
    but images of `test` are left out of `validation` and `train`, and those of `validation` out of `train`.
    """
    rng = np.random.default_rng(SEED)
    if "test" in splits:
        positions = _keep_splits(labels, hashes, np.array([split or "train" for split in splits]))
    else:
        test = _draw_test(labels, _equal_images(hashes), test_fraction, rng)
        positions = {"test": test, "train": np.setdiff1d(np.arange(len(labels)), test)}
    return {split: rng.permutation(positions[split]) for split in existing_splits(positions)}


def count_duplicates(images: Sequence[Hashable]) -> int:
    """Returns how many images equal an earlier one."""
    return len(images) - len(set(images))


def _keep_splits(
    labels: npt.NDArray[np.int64], hashes: Sequence[bytes], splits: npt.NDArray[np.str_]
) -> dict[str, Positions]:
    """Returns the positions of each split, whose images are left out of the splits that come before it."""
    positions: dict[str, Positions] = {}
    held_out: set[bytes] = set()
    for split in reversed(existing_splits(splits.tolist())):
        of_split = np.flatnonzero(splits == split)
        split_hashes = [hashes[position] for position in of_split.tolist()]
        is_held_out = np.array([image_hash in held_out for image_hash in split_hashes], bool)
        positions[split] = of_split[~_keep_classes(is_held_out, labels[of_split])]
        held_out.update(split_hashes)
    return positions


def _keep_classes(is_duplicate: npt.NDArray[np.bool_], labels: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Returns which images are left out as duplicates: none of a class that would lose all of its images."""
    is_left_out = is_duplicate.copy()
    for label in np.unique(labels):
        of_class = labels == label
        is_left_out[of_class] &= not is_duplicate[of_class].all()
    return is_left_out


def _equal_images(hashes: Sequence[bytes]) -> list[list[int]]:
    """Returns the positions, grouped by equal images."""
    groups: dict[bytes, list[int]] = {}
    for position, image_hash in enumerate(hashes):
        groups.setdefault(image_hash, []).append(position)
    return list(groups.values())


def _draw_test(
    labels: npt.NDArray[np.int64], groups: Sequence[list[int]], fraction: float, rng: np.random.Generator
) -> Positions:
    """Returns the positions for test, ascending: `fraction` of each class, by the label of a group's first image."""
    group_labels = np.array([labels[group[0]] for group in groups])
    test: list[int] = []
    for label in np.unique(group_labels):
        of_class = [groups[index] for index in rng.permutation(np.flatnonzero(group_labels == label))]
        for group in _take_groups(of_class, max(1, round(sum(map(len, of_class)) * fraction))):
            test += group
    return np.array(sorted(test), dtype=np.int64)


def _take_groups(groups: Sequence[list[int]], images: int) -> list[list[int]]:
    """Returns groups with at most `images` images in total, or the smallest group if none fits.

    One group is always left for train.
    """
    taken = []
    for group in groups[:-1]:
        if len(group) <= images:
            images -= len(group)
            taken.append(group)
    return taken or sorted(groups, key=len)[: len(groups) > 1]
