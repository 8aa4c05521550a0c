"""How much each class counts in the loss, as Keras' own `class_weight` does."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from worker.training.errors import TrainingError

Weights = npt.NDArray[np.float32]


def class_weights(
    given: Literal["balanced"] | Mapping[str, float] | None, classes: list[str], labels: npt.NDArray[np.integer[Any]]
) -> Weights | None:
    """One weight a class, 1 for those not named, None where all count the same.

    `balanced` is scikit-learn's, over the `labels` that train. Raises TrainingError for a name that is no class.
    """
    if given is None:
        return None
    if given == "balanced":
        return _balanced(len(classes), labels)
    unknown = sorted(set(given) - set(classes))
    if unknown:
        raise _no_such_class(unknown[0], classes)
    return np.array([given.get(name, 1.0) for name in classes], np.float32)


def describe(weights: Weights, classes: list[str]) -> str:
    return "Class weights: " + ", ".join(f"{name} {weight:.4g}" for name, weight in zip(classes, weights, strict=True))


def _balanced(classes: int, labels: npt.NDArray[np.integer[Any]]) -> Weights:
    """Rare classes count more: images / (classes × images of the class), 1 for a class without images."""
    there, images = np.unique(labels, return_counts=True)
    weights = np.ones(classes, np.float32)
    weights[there] = len(labels) / (len(there) * images)
    return weights


def _no_such_class(name: str, classes: list[str]) -> TrainingError:
    return TrainingError(
        title="A class weight names no class",
        detail=f"class_weights has {name!r}; the classes are {', '.join(classes)}.",
        hint="Name classes as the dataset does, or leave the name out: it then counts 1.",
    )
