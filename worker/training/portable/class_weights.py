"""How much each class counts in the loss."""

import numpy as np


def balanced_weights(labels: np.ndarray, classes: int) -> np.ndarray:
    """Returns scikit-learn's "balanced" weights, float32, one for each class.

    A weight is images / (classes that occur × images of the class), and 1 for a class without images.
    """
    present, images = np.unique(labels, return_counts=True)
    weights = np.ones(classes, np.float32)
    weights[present] = len(labels) / (len(present) * images)
    return weights
