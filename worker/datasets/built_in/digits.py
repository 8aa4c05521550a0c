"""scikit-learn's digits and their split, whole functions that train.py takes as they are."""

import numpy as np

TEST_FRACTION = 0.2
SPLIT_SEED = 0


def digits() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Returns (images, labels) of train and of test: scikit-learn's 1,797 digits as uint8, N × 8 × 8 × 1.

    Their levels from 0 to 16 are spread over 0 to 255.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.rint(bunch.images * 255 / 16).astype(np.uint8)[..., None]
    train, test = split_by_class(bunch.target)
    return (images[train], bunch.target[train]), (images[test], bunch.target[test])


def split_by_class(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the positions of train and of test, ascending. The same seeded fifth of each class goes to test."""
    draw = np.random.default_rng(SPLIT_SEED)
    test: list[int] = []
    for label in np.unique(labels):
        positions = draw.permutation(np.flatnonzero(labels == label))
        test.extend(positions[: round(len(positions) * TEST_FRACTION)])
    return np.setdiff1d(np.arange(len(labels)), test), np.sort(test)
