"""Which of the stored training images train and which validate, for the trainer and for all that read its results."""

import numpy as np

from backend.spec import FromTrain
from backend.spec.data import Validation

HOLD_BACK_STREAM = 0x5E9A7A7E  # second word of the seed: this draw is independent of the first epoch's order


def partition(
    labels: np.ndarray, limit: int | None, validation: Validation, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the positions in the stored train split that train, and those that validate.

    Both are ascending, and together they are the first `limit`. None validates where another split does.
    """
    if isinstance(validation, FromTrain):
        return hold_back(np.asarray(labels[:limit]), validation.fraction, seed)
    positions = np.arange(len(labels[:limit]))
    return positions, positions[:0]


def hold_back(labels: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the positions that train, and those that validate: the same share of each class, drawn by the seed.

    Each class gives its rounded share, at least one image if it has two, and keeps at least one.
    """
    draw = np.random.default_rng([seed, HOLD_BACK_STREAM])
    positions = np.arange(len(labels))
    shares = [take_share(draw.permutation(np.flatnonzero(labels == label)), fraction) for label in np.unique(labels)]
    held_back = np.sort(np.concatenate(shares)) if shares else positions[:0]
    return np.setdiff1d(positions, held_back, assume_unique=True), held_back


def take_share(positions: np.ndarray, fraction: float) -> np.ndarray:
    """Returns the first of the positions of one class."""
    return positions[: share_size(len(positions), fraction)]


def share_size(images: int, fraction: float) -> int:
    """Returns how many of the images of one class are held back: at least one if it has two, never all."""
    return min(max(0, images - 1), max(1, round(images * fraction)))
