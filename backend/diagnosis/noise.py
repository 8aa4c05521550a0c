"""How far a validation loss or accuracy may be from its value on endlessly many images."""

from math import sqrt

LEAST_PART = 250  # training images that each epoch scores at least (decision 20)
MANY = 2.0  # standard errors: a difference of fewer may be chance


def loss_error(loss: float, accuracy: float, images: int) -> float:
    """Returns the standard error of a mean loss, without the loss of each image.

    Nearly all of the loss comes from the images that are misclassified, and theirs is spread about exponentially. So
    the error is that of a sum of so many exponential values, whose number varies too. A test compares it with the
    bootstrap on recorded runs.
    """
    misclassified = max(1.0, (1 - accuracy) * images)
    return loss * sqrt(2 / misclassified)


def accuracy_error(accuracy: float, images: int) -> float:
    """Returns the standard error of an accuracy, not below that of one wrong image."""
    share = min(max(accuracy, 1 / images), 1 - 1 / images) if images > 1 else 0.5
    return sqrt(share * (1 - share) / max(1, images))
