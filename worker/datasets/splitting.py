"""Assigns the images of an upload to train and test and fixes the order in which they are stored, by a fixed seed."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backend.datasets.store import SPLITS

SEED = 0
Positions = npt.NDArray[np.int64]


def assign_splits(
    labels: npt.NDArray[np.int64], hashes: Sequence[bytes], splits: Sequence[str | None], test_fraction: float
) -> dict[str, Positions]:
    """Returns the positions of each split's images in stored order, which is a seeded shuffle.

    `hashes` are equal where the decoded pixels are. `splits` is None for each image of a zip without train/ and test/:
    then `test_fraction` of each class goes to `test`, equal images to the same split. Otherwise the splits are kept,
    but images of `test` are left out of `train`.
    """
    rng = np.random.default_rng(SEED)
    if any(split is not None for split in splits):
        positions = _keep_splits(labels, hashes, np.array([split == "test" for split in splits]))
    else:
        test = _draw_test(labels, _equal_images(hashes), test_fraction, rng)
        positions = {"test": test, "train": np.setdiff1d(np.arange(len(labels)), test)}
    return {split: rng.permutation(positions[split]) for split in SPLITS}


def count_duplicates(hashes: Sequence[bytes]) -> int:
    """Returns how many images equal an earlier one."""
    return len(hashes) - len(set(hashes))


def _keep_splits(
    labels: npt.NDArray[np.int64], hashes: Sequence[bytes], is_test: npt.NDArray[np.bool_]
) -> dict[str, Positions]:
    test_hashes = {image_hash for image_hash, test in zip(hashes, is_test, strict=True) if test}
    in_test = np.array([image_hash in test_hashes for image_hash in hashes])
    for label in np.unique(labels):
        train_of_class = (labels == label) & ~is_test
        if in_test[train_of_class].all():
            in_test[train_of_class] = False  # otherwise the class would have no training image
    return {"test": np.flatnonzero(is_test), "train": np.flatnonzero(~is_test & ~in_test)}


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
