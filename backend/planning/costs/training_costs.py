"""What a training takes by the costs of its device, which a worker measures once (`backend.planning.costs.probes`)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.network import Layer
from backend.workers import TrainingCosts

PASSES = 3  # of a training image: forward, and backward to the weights and to the inputs
SCORED_SHARE, MIN_SCORED, MAX_SCORED = 20, 250, 2_000
COUNTED_APART = ("Flatten", "Reshape", "BatchNormalization", "Dropout")  # the outputs of the first two are not computed


@dataclass(frozen=True)
class Work:
    """What the costs of layers are multiplied with: for one image, but `layers` and `weights` for a step.

    Dense layers count by their weights alone. `values`, `normalized` and `dropped` count outputs.
    """

    layers: int = 0
    weights: int = 0
    multiplications: int = 0
    values: int = 0
    normalized: int = 0
    dropped: int = 0

    @classmethod
    def of(cls, layers: Sequence[Layer]) -> "Work":
        return cls(
            layers=len(layers),
            weights=sum(layer.trainable for layer in layers),
            multiplications=sum(layer.multiplications for layer in layers if layer.class_name != "Dense"),
            values=_outputs(layer for layer in layers if layer.class_name not in COUNTED_APART),
            normalized=_outputs(layer for layer in layers if layer.class_name == "BatchNormalization"),
            dropped=_outputs(layer for layer in layers if layer.class_name == "Dropout"),
        )


HEAD = Work(layers=2)
"""The dropout and the few outputs after a frozen backbone, whose arithmetic takes no time beside that of the steps."""


def _outputs(layers: Iterable[Layer]) -> int:
    return sum(math.prod(layer.output_shape) for layer in layers)


def scored_images(train: int) -> int:
    """Returns how many training images are scored after an epoch: one in 20 costs less than 2 % of the epoch."""
    return min(train, max(MIN_SCORED, min(MAX_SCORED, train // SCORED_SHARE)))


def step_seconds(costs: TrainingCosts, work: Work, *, is_small: bool) -> float:
    """Returns the seconds of a step beside those that grow with its images."""
    weight = costs.small_step_weight if is_small else costs.step_weight
    return costs.step + costs.step_layer * work.layers + weight * work.weights


def pass_seconds(costs: TrainingCosts, work: Work, *, is_small: bool) -> float:
    """Returns the seconds of a forward pass over one image."""
    if is_small:
        return costs.small_multiplication * work.multiplications
    each = (costs.multiplication, work.multiplications), (costs.value, work.values), (costs.normalized, work.normalized)
    return sum(cost * amount for cost, amount in each)


def saving_seconds(costs: TrainingCosts, weights: int) -> float:
    """Returns the seconds of saving an epoch that is not the best: its predictions and the state of `weights`."""
    return costs.save + costs.save_weight * weights


def best_seconds(costs: TrainingCosts, layers: int, parameters: int) -> float:
    """Returns the seconds of saving a model."""
    return costs.best + costs.best_layer * layers + costs.best_weight * parameters
