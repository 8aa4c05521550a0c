"""Which of the stored training images train and which validate: the same for the trainer and for who reads its work."""

import numpy as np
import numpy.typing as npt

from backend.spec import FromTest, FromTrain

Labels = npt.NDArray[np.integer]
Positions = npt.NDArray[np.int64]
DRAW = 0x5E9A7A7E
"""Beside the seed, so that this draw is not the one of the first epoch's order."""


def partition(
    labels: Labels, limit: int | None, validation: FromTest | FromTrain, seed: int
) -> tuple[Positions, Positions]:
    """Positions in the stored train split that train, and that validate; both ascending, together the first `limit`."""
    if isinstance(validation, FromTest):
        positions = np.arange(len(labels[:limit]))
        return positions, positions[:0]
    return hold_back(np.asarray(labels[:limit]), validation.fraction, seed)


def hold_back(labels: Labels, fraction: float, seed: int) -> tuple[Positions, Positions]:
    """Positions that train, and that validate: of each class the same share validates, drawn by the seed.

    Each class gives its rounded share, at least one image of those that have two, and keeps one.
    """
    draw = np.random.default_rng([seed, DRAW])
    positions = np.arange(len(labels))
    parts = [_share(draw.permutation(np.flatnonzero(labels == label)), fraction) for label in np.unique(labels)]
    held = np.sort(np.concatenate(parts)) if parts else positions[:0]
    return np.setdiff1d(positions, held, assume_unique=True), held


def _share(positions: Positions, fraction: float) -> Positions:
    most = max(0, len(positions) - 1)
    return positions[: min(most, max(1, round(len(positions) * fraction)))]
