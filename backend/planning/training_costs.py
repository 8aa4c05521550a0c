"""What a training takes beside the arithmetic of its device: a few costs, which a worker measures on its machine once.

The worker trains networks on random images for some steps, each made so that one cost is most of it (PROBES), through
the same code that trains a run. The costs follow one after the other from their times.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from backend.network import Network, describe
from backend.planning.execution_plan import choose_execution
from backend.spec import RunSpec
from backend.workers import TrainingCosts

PASSES = 3  # of a training image: forward, and backward to the weights and to the inputs
SIDE, CHANNELS, CLASSES = 16, 3, 10  # of the probes' images
BATCH_SIZE = 32
EPOCHS = 3  # of a probe: the first one traces
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


@dataclass(frozen=True)
class Probe:
    """A network that is trained on `images` random images. `layers` are as in a spec."""

    images: int
    layers: list[dict[str, Any]]

    @property
    def steps(self) -> int:
        return -(-self.images // BATCH_SIZE)

    def spec(self, precision: str = "float32") -> RunSpec:
        softmax = _layer("Dense", units=CLASSES, activation="softmax")
        return RunSpec.model_validate(
            {
                "dataset": {"name": "probe", "train_limit": self.images},
                "model": {"layers": [*self.layers, softmax]},
                "epochs": EPOCHS,
                "precision": precision,
            }
        )


class Times(BaseModel):
    """Seconds of a probe: of an epoch after the first, of its saving, and of all else from the start to the end."""

    epoch: float
    save: float
    start: float

    def total(self) -> float:
        return self.start + EPOCHS * (self.epoch + self.save)


def _layer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


def _convolutions(filters: int, count: int, **config: Any) -> list[dict[str, Any]]:
    return [_layer("Conv2D", filters=filters, kernel_size=3, padding="same", activation="relu", **config)] * count


ARITHMETIC = ("large", "normalized")
"""The probes that are trained with all threads; for other precisions than float32 they alone are trained again."""

FLAT, POOLED = _layer("Flatten"), _layer("GlobalAveragePooling2D")
NARROW = [*[_layer("Reshape", target_shape=[CHANNELS])] * 6, *[_layer("Dense", units=8)] * 10]
NORMALIZED = [layer for wide in _convolutions(64, 3) for layer in (wide, _layer("BatchNormalization"))]
PROBES = {
    "one step": Probe(BATCH_SIZE, [FLAT]),
    "steps": Probe(40 * BATCH_SIZE, [FLAT]),
    "layers": Probe(20 * BATCH_SIZE, [POOLED, *NARROW]),
    "weights": Probe(20 * BATCH_SIZE, [FLAT, _layer("Dense", units=1024)]),
    "small": Probe(20 * BATCH_SIZE, [*_convolutions(16, 2), POOLED]),
    "large": Probe(6 * BATCH_SIZE, [*_convolutions(64, 3), POOLED]),
    "normalized": Probe(6 * BATCH_SIZE, [*NORMALIZED, POOLED]),
}


def costs_of(times: Mapping[str, Times], process: float) -> TrainingCosts:
    """Returns the costs that explain the times of all PROBES, and of a `process` before it trains one."""
    works = {name: _work(probe) for name, probe in PROBES.items()}
    epoch, layers = times["one step"].epoch, works["layers"].layers - works["steps"].layers
    few = works["steps"].layers

    def a_step(name: str) -> float:
        return max(0.0, times[name].epoch - epoch) / PROBES[name].steps

    step_layer = max(0.0, a_step("layers") - a_step("steps")) / layers
    step = max(0.0, a_step("steps") - few * step_layer)
    save_layer = max(0.0, times["layers"].save - times["steps"].save) / layers
    start_layer = max(0.0, times["layers"].start - times["steps"].start) / layers

    def arithmetic(name: str) -> float:
        """Returns the seconds of a forward pass over one image that are not those of steps."""
        steps = PROBES[name].steps * (step + step_layer * works[name].layers)
        return max(0.0, times[name].epoch - epoch - steps) / forward_passes(PROBES[name].images, BATCH_SIZE)

    weights = max(0.0, a_step("weights") - step - step_layer * works["weights"].layers)
    multiplication = arithmetic("large") / works["large"].multiplications
    normalizing = max(0.0, arithmetic("normalized") - multiplication * works["normalized"].multiplications)
    return TrainingCosts(
        process=process,
        start=max(0.0, times["steps"].start - few * start_layer),
        start_layer=start_layer,
        epoch=epoch,
        step=step,
        step_layer=step_layer,
        step_weight=weights / works["weights"].weights,
        multiplication=multiplication,
        small_multiplication=arithmetic("small") / works["small"].multiplications,
        normalized=normalizing / works["normalized"].normalized,
        save=max(0.0, times["steps"].save - few * save_layer),
        save_layer=save_layer,
        save_weight=max(0.0, times["weights"].save - times["steps"].save) / works["weights"].weights,
    )


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


def _work(probe: Probe) -> Work:
    spec = probe.spec()
    return Work.of(spec, describe(spec.model, [SIDE, SIDE, CHANNELS], CLASSES))
