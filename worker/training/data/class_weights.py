"""How much each class counts in the loss, as with Keras' own `class_weight`."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from worker.training.errors import TrainingError
from worker.training.portable.class_weights import balanced_weights

Weights = np.ndarray


def class_weights(
    weights: Literal["balanced"] | Mapping[str, float] | None, classes: list[str], labels: np.ndarray
) -> Weights | None:
    """Returns one weight for each class, float32: 1 for a class that is not named; None if all count the same.

    `balanced` is scikit-learn's, computed from the `labels` that train. Raises TrainingError for an unknown class.
    """
    if weights is None:
        return None
    if weights == "balanced":
        return balanced_weights(labels, len(classes))
    unknown = sorted(set(weights) - set(classes))
    if unknown:
        raise _no_such_class(unknown[0], classes)
    return np.array([weights.get(name, 1.0) for name in classes], np.float32)


def describe(weights: Weights, classes: list[str]) -> str:
    return "Class weights: " + ", ".join(f"{name} {weight:.4g}" for name, weight in zip(classes, weights, strict=True))


def _no_such_class(name: str, classes: list[str]) -> TrainingError:
    return TrainingError(
        title="Unknown class in class_weights",
        detail=f"class_weights has {name!r}; the classes are {', '.join(classes)}.",
        hint="Use the dataset's class names. A class that is left out has weight 1.",
    )
