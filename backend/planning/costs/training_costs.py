"""What a training takes by the costs of its device, which a worker measures once (`backend.planning.costs.probes`)."""

import math
from dataclasses import dataclass

from backend.network import Network
from backend.planning.execution_plan import choose_execution
from backend.spec import RunSpec
from backend.workers import TrainingCosts

PASSES = 3  # of a training image: forward, and backward to the weights and to the inputs
SCORED_SHARE, MIN_SCORED, MAX_SCORED = 20, 250, 2_000


@dataclass(frozen=True)
class Work:
    """What the costs of a network are multiplied with. Those of dense layers count by their weights."""

    layers: int
    weights: int
    multiplications: int
    normalized: int
    is_small: bool

    @classmethod
    def of(cls, spec: RunSpec, network: Network) -> "Work":
        convolutions = [layer for layer in network.layers if layer.class_name != "Dense"]
        normalizing = [layer for layer in network.layers if layer.class_name == "BatchNormalization"]
        return cls(
            layers=len(network.layers),
            weights=network.parameters,
            multiplications=sum(layer.multiplications for layer in convolutions),
            normalized=sum(math.prod(layer.output_shape) for layer in normalizing),
            is_small=choose_execution(spec, network).small,
        )


HEAD = Work(layers=2, weights=0, multiplications=0, normalized=0, is_small=True)
"""The dropout and the few outputs after a frozen backbone, whose arithmetic takes no time beside that of the steps."""


def forward_passes(train: int, validation: int) -> int:
    """Returns the forward passes of an epoch. A backward pass counts as two, and a part of the images is scored."""
    return PASSES * train + validation + scored_images(train)


def scored_images(train: int) -> int:
    """Returns how many training images are scored after an epoch: one in 20 costs less than 2 % of the epoch."""
    return min(train, max(MIN_SCORED, min(MAX_SCORED, train // SCORED_SHARE)))


def epoch_seconds(costs: TrainingCosts, work: Work, steps: int, passes: int) -> float:
    """Returns the seconds of an epoch, its validation included and its saving left out."""
    multiplication = costs.small_multiplication if work.is_small else costs.multiplication
    a_step = costs.step + costs.step_layer * work.layers + costs.step_weight * work.weights
    a_pass = multiplication * work.multiplications + costs.normalized * work.normalized
    return costs.epoch + steps * a_step + passes * a_pass


def saving_seconds(costs: TrainingCosts, network: Network) -> float:
    """Returns the seconds that saving an epoch takes: predictions, the best model and the state."""
    return costs.save + costs.save_layer * len(network.layers) + costs.save_weight * network.parameters


def start_seconds(costs: TrainingCosts, network: Network) -> float:
    """Returns what a run takes beside its epochs: building and tracing its network, reading images, the last files."""
    return costs.start + costs.start_layer * len(network.layers)


def decision_seconds(costs: TrainingCosts, network: Network) -> float:
    """Returns what a trainer takes once a network to time it in two precisions; its few steps are left out."""
    return costs.process + 2 * start_seconds(costs, network)
